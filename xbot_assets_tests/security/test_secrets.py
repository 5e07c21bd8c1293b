"""A whole stack with planted secrets that are spilled wherever a program can spill them: none of it leaves."""

import json
import os
from contextlib import suppress

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
import pytest
from psycopg import sql

from xbot_assets.masking import MASK
from xbot_assets.runtime.machine.accounts import BROWSER_ACCOUNT, SECRETS_FILE, service_account
from xbot_assets.runtime.machine.processes import MARK
from xbot_assets.settings import PARTS_FILE
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets_tests.security.leaking_defs import SENSOR_WORDS
from xbot_assets_tests.security.shared_stack import IN_URL, PLANTED, SENT, TOKEN, SharedStack

pytestmark = pytest.mark.soak  # needs a whole stack

KEPT_IN = {PARTS_FILE, SECRETS_FILE, "valkey.conf"}
"""Files for the owner alone whose purpose it is to hold secrets."""
NEEDS: dict[str, set[str]] = {
    "postgres": set(),
    "valkey": set(),
    "sandbox": {"sandbox_token"},
    "browser": {"browser_token", "sandbox_token", "session_key"},
    "service": {"openai_api_key", "password in a URL", "browser_token", "sandbox_token", "service_token"},
    "code": {"openai_api_key", "password in a URL", "browser_token", "sandbox_token", "service_token"},
    "web": {"service_token"},
    "daemon": set(),
}
"""What each part of the stack may have in its environment."""
PAGES = ("/", "/approvals", "/api/status.json", "/health/ready")


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


def test_no_secret_is_in_a_dump_of_the_database(spilled: SharedStack) -> None:
    """Events, ticks, the ledger, alerts and all other tables, as text."""
    dump = _dump(spilled)
    assert "Unforeseen, with" in dump
    assert "An echo of" in dump
    assert SENSOR_WORDS in dump
    assert _held_in(dump, spilled.secrets()) == []


def _dump(stack: SharedStack) -> str:
    url = stack.settings().database_url
    assert url is not None
    with psycopg.connect(url.get_secret_value()) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = [
            row[0]
            for table in tables
            for row in connection.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(*table)))
        ]
    return "\n".join(rows)


def test_no_secret_is_on_a_page_or_a_command_line(spilled: SharedStack) -> None:
    """Of all processes of the machine, and the pages that anybody on it can open."""
    login = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(trust_env=False, timeout=PATIENCE, headers=login) as client:
        answers = [client.get(f"{spilled.settings().service_url}{path}") for path in PAGES]
    assert [answer.status_code for answer in answers if answer.status_code not in {200, 503}] == []
    pages = [answer.text for answer in answers]
    assert _held_in("\n".join(pages), spilled.secrets()) == []
    lines = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            lines.append(" ".join(process.cmdline()))
    assert _held_in("\n".join(lines), spilled.secrets()) == []


def test_each_part_has_only_the_secrets_that_it_needs(spilled: SharedStack) -> None:
    """In the environment of every process that belongs to it."""
    planted = PLANTED | {"password in a URL": IN_URL}
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
