"""A whole stack with planted secrets that are spilled wherever a program can spill them: none of it leaves."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types
import pytest
from typer.testing import CliRunner

from xbot_assets.cli.app import app
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.masking import MASK
from xbot_assets.runtime.machine.accounts import BROWSER_ACCOUNT, SECRETS_FILE, service_account
from xbot_assets.runtime.machine.processes import MARK
from xbot_assets.settings import PARTS_FILE
from xbot_assets.store.backup.archive import opened_archive
from xbot_assets.store.backup.manifest import DUMP
from xbot_assets.store.backup.programs import client_programs
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets_tests.acceptance.command import environment
from xbot_assets_tests.security.doors.addresses import of_service
from xbot_assets_tests.security.secrets.database_dump import dump_of
from xbot_assets_tests.security.secrets.echoing_api import STATUSES
from xbot_assets_tests.security.secrets.spilled_words import ASKED_WORDS, SENSOR_WORDS
from xbot_assets_tests.security.shared_stack import PLANTED, PLANTED_IN_URLS, SENT, TOKEN, SharedStack

pytestmark = pytest.mark.soak  # needs a whole stack

KEPT_IN = {PARTS_FILE, SECRETS_FILE, "valkey.conf"}
"""Files for the owner alone whose purpose it is to hold secrets."""
NEEDS: dict[str, set[str]] = {
    "postgres": set(),
    "valkey": set(),
    "sandbox": {"sandbox_token"},
    "browser": {"browser_token", "sandbox_token", "session_key"},
    "service": {"openai_api_key", "browser_token", "service_token", *PLANTED_IN_URLS},
    "code": {"openai_api_key", "password in a URL", "browser_token", "sandbox_token"},
    "web": {"service_token"},
    "daemon": set(),
}
"""What each part of the stack may have in its environment."""
TOLD = (
    ("status",), ("status", "--json"), ("jobs",), ("jobs", "--json"), ("alerts", "list", "--json"),
    ("alerts", "channels"), ("database",), ("learn", "report", "--json"),
    ("learn", "report", "--out", "{place}/learned.html"),
)  # fmt: skip
"""What tells on a terminal or in a file how the account is; ``xbot backup`` is tried by itself."""
NEVER_ENDS = "/events"
ANSWERED = {200, 400, 403, 404, 503}
"""No stretch of time was named to the calendar, no word to the link, nothing was drawn yet, and not all is well."""


def _held_in(text: str, secrets: dict[str, str]) -> list[str]:
    """Return the names of the secrets that a text holds, also as JSON writes them."""
    return [name for name, value in secrets.items() if value in text or json.dumps(value)[1:-1] in text]


def test_no_secret_is_in_a_log_or_any_other_file(spilled: SharedStack) -> None:
    """Dagster's files of what steps wrote are among them."""
    assert spilled.api.authorizations & {f"Basic {SENT}", f"Bearer {PLANTED['openai_api_key']}"}
    files = [path for path in spilled.home.rglob("*") if path.is_file() and path.name not in KEPT_IN]
    files.append(spilled.home.parent / "up.log")
    texts = {path: path.read_bytes().decode(errors="replace") for path in files}
    secrets = spilled.secrets()
    assert {str(path): names for path, text in texts.items() if (names := _held_in(text, secrets))} == {}
    captured = [text for path, text in texts.items() if path.suffix == ".err" and "Written to" in text]
    assert captured, "Dagster keeps what steps write"
    assert all(MASK in text for text in captured)
    for status in STATUSES:
        assert any(f"{ASKED_WORDS}, with status {status}" in text for text in captured), status


def test_no_secret_is_in_a_dump_of_the_database(spilled: SharedStack) -> None:
    """Events, ticks, the ledger, alerts and all other tables, as text."""
    url = spilled.settings().database_url
    assert url is not None
    dump = "\n".join(row for rows in dump_of(url.get_secret_value()).values() for row in rows)
    for told in ("Unforeseen, with", "An echo of", SENSOR_WORDS, "Alarmed by"):
        assert told in dump
    assert _held_in(dump, spilled.secrets()) == []


def test_no_secret_is_told_to_who_gets_the_alerts(spilled: SharedStack) -> None:
    """What a channel is sent leaves the machine."""
    sent = [text for text in spilled.api.bodies if "Alarmed by" in text]
    assert sent
    assert _held_in("\n".join(sent), spilled.secrets()) == []


def test_no_secret_is_on_any_page(spilled: SharedStack) -> None:
    """Of those that the application lists: views, data, figures, and what it answers to who asks for nothing."""
    settings = spilled.settings()
    asks = [address for address in of_service(settings) if address.method == "GET" and address.path != NEVER_ENDS]
    assert len(asks) > 20
    login = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=str(settings.service_url), trust_env=False, timeout=PATIENCE, headers=login) as client:
        answers = [client.get(address.path) for address in asks]
    assert {answer.status_code for answer in answers} <= ANSWERED
    texts = [f"{answer.text}\n{answer.headers}" for answer in answers]
    assert {answer.request.url.path: held for answer, text in zip(answers, texts, strict=True)
            if (held := _held_in(text, spilled.secrets()))} == {}  # fmt: skip


def test_no_secret_is_told_by_a_command_or_kept_in_a_backup(
    spilled: SharedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is one on the command line of any process of the machine while they run."""
    for name, value in environment(spilled.home, **spilled.given).items():
        monkeypatch.setenv(name, value)
    backup, secrets, lines = tmp_path / "all.backup", spilled.secrets(), set[str]()
    with ThreadPoolExecutor(1) as beside:
        made = beside.submit(_told, ["backup", "--to", str(backup)])
        until(lambda: _noted(lines) and made.done(), "the backup is made")
    assert any("pg_dump" in line for line in lines), "it was seen at work"
    texts = [made.result(), *lines, backup.read_bytes().decode(errors="replace"), _dump_in(backup, tmp_path)]
    texts += [_told([word.format(place=tmp_path) for word in words]) for words in TOLD]
    texts.append((tmp_path / "learned.html").read_text())
    assert [held for text in texts if (held := _held_in(text, secrets))] == []


def _told(words: list[str]) -> str:
    """Run a command in this process, which costs a second less, and return all that it printed."""
    done = CliRunner().invoke(app, words)
    # Not all is well here, which some commands say by their exit code; none fails.
    assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.output, done.exception)
    return done.output


def _dump_in(backup: Path, scratch: Path) -> str:
    """Return a backup's dump as text: it is compressed."""
    target = scratch / "dump.sql"
    with opened_archive(backup, scratch) as (manifest, parts):
        programs = client_programs(manifest.client_major)
        words = [f"--file={target}", str(parts[DUMP])]
        programs.run("pg_restore", words, "postgresql://", FailureCode.RESTORE_FAILED)
    text = target.read_text(errors="replace")
    assert "Unforeseen, with" in text
    return text


def _noted(lines: set[str]) -> bool:
    """Add the command line of every process there is now."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            lines.add(" ".join(process.cmdline()))
    return True


def test_each_part_has_only_the_secrets_that_it_needs(spilled: SharedStack) -> None:
    """In the environment of every process that belongs to it."""
    planted = PLANTED | PLANTED_IN_URLS
    seen: dict[str, set[str]] = {name: set() for name in NEEDS}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            environment = process.environ()
            home, _, name = environment.get(MARK, "").rpartition(":")
            if home == str(spilled.home) and name in seen:
                seen[name] |= set(_held_in("\n".join(environment.values()), planted))
    assert {name: extra for name in NEEDS if (extra := seen[name] - NEEDS[name])} == {}
    assert seen["code"] >= {"openai_api_key", "browser_token"}, "what is needed is there"


@pytest.mark.usefixtures("stack")
def test_only_chromium_runs_as_chromiums_account() -> None:
    """Nothing of root's, of PostgreSQL's or of anybody else's."""
    if os.geteuid() != 0:
        pytest.skip("only root runs Chromium as an account of its own")
    account = service_account(BROWSER_ACCOUNT)
    assert account is not None
    until(lambda: any("--type=zygote" in line for line in _lines_of(account.uid)), "Chromium runs")
    assert [line for line in _lines_of(account.uid) if line and "chrom" not in line] == []


def _lines_of(uid: int) -> list[str]:
    """Return the command lines of all processes of an account."""
    lines = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            lines += [" ".join(process.cmdline())] if process.uids().real == uid else []
    return lines
