"""A whole stack with planted secrets that are spilled wherever a program can spill them; then each part is frozen."""

import base64
import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
import pytest
from psycopg import sql

from xbot_assets.masking import MASK
from xbot_assets.runtime.machine.accounts import BROWSER_ACCOUNT, SECRETS_FILE, service_account
from xbot_assets.runtime.machine.processes import MARK
from xbot_assets.runtime.supervision.orphans import read_record
from xbot_assets.settings import PARTS_FILE
from xbot_assets.settings.secrecy import secret_values
from xbot_assets.testing.load.stack import LoadStack, running_stack
from xbot_assets.testing.patience import until
from xbot_assets_tests.security.echoing_api import EchoingApi, echoing_api
from xbot_assets_tests.security.leaking_defs import JOB, SENSOR_WORDS

PLANTED = {
    "openai_api_key": "sk-canary-of-the-model/0123+456",
    "browser_token": "canary-of-the-browser-host",
    "sandbox_token": "canary-of-the-sandbox",
    "session_key": "canary-of-the-session",
}
IN_URL = "canary%2Fwithin-a-url"
SENT = base64.b64encode(b"me:canary/within-a-url").decode()
"""As it is in a header, and in an echo."""
KEPT_IN = {PARTS_FILE, SECRETS_FILE, "valkey.conf"}
"""Files for the owner alone whose purpose it is to hold secrets."""
NEEDS: dict[str, set[str]] = {
    "postgres": set(),
    "valkey": set(),
    "sandbox": {"sandbox_token"},
    "browser": {"browser_token", "sandbox_token", "session_key"},
    "service": {"openai_api_key", "password in a URL", "browser_token", "sandbox_token"},
    "code": {"openai_api_key", "password in a URL", "browser_token", "sandbox_token"},
    "web": set(),
    "daemon": set(),
}
"""What each part of the stack may have in its environment."""
SILENCE_SECONDS = "3"


@dataclass(frozen=True, slots=True)
class Spilling:
    """The stack, the API it asks, and every secret that there is."""

    stack: LoadStack
    api: EchoingApi
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def spilling() -> Iterator[Spilling]:
    """Start the stack and wait until every kind of spill has happened."""
    with echoing_api() as api:
        settings = PLANTED | {
            "llm": "openai",
            "openai_base_url": f"http://me:{IN_URL}@127.0.0.1:{api.port}/v1",
            "definitions": "xbot_assets_tests.security.leaking_defs",
            "silence_max_seconds": SILENCE_SECONDS,
            "llm_attempts": "1",
        }
        with running_stack(settings) as stack:
            _wait_for_spills(stack)
            yield Spilling(stack, api, _secrets_of(stack))


def _wait_for_spills(stack: LoadStack) -> None:
    failed = "select 1 from runs where pipeline_name = %(job)s and status = 'FAILURE'"
    until(lambda: stack.ask_database(failed, job=JOB), "the job that spills has failed")
    ticks = "select 1 from job_ticks where tick_body like %(words)s"
    until(lambda: stack.ask_database(ticks, words=f"%{SENSOR_WORDS}%"), "the sensor has failed")
    until(lambda: stack.ask_database("select 1 from llm_calls where outcome <> 'ok'"), "the API has refused a call")


def _secrets_of(stack: LoadStack) -> dict[str, str]:
    kept: dict[str, str] = json.loads((stack.home / SECRETS_FILE).read_text())
    values = dict(enumerate(secret_values(stack.settings())))
    return (
        PLANTED
        | {"password in a URL": IN_URL, "the same, decoded": IN_URL.replace("%2F", "/"), "the same, as sent": SENT}
        | {f"kept {name}": value for name, value in kept.items()}
        | {f"setting {number}": value for number, value in values.items()}
    )


def _spilled(text: str, secrets: dict[str, str]) -> list[str]:
    """Return the names of the secrets that a text holds, also as JSON writes them."""
    return [name for name, value in secrets.items() if value in text or json.dumps(value)[1:-1] in text]


@pytest.mark.soak
def test_no_secret_is_in_a_log_or_any_other_file(spilling: Spilling) -> None:
    """Dagster's files of what steps wrote are among them."""
    assert spilling.api.authorizations & {f"Basic {SENT}", f"Bearer {PLANTED['openai_api_key']}"}
    files = [path for path in spilling.stack.home.rglob("*") if path.is_file() and path.name not in KEPT_IN]
    files.append(spilling.stack.home.parent / "up.log")
    texts = {path: path.read_bytes().decode(errors="replace") for path in files}
    assert {str(path): names for path, text in texts.items() if (names := _spilled(text, spilling.secrets))} == {}
    captured = [text for path, text in texts.items() if path.suffix == ".err" and "Written to" in text]
    assert captured, "Dagster keeps what steps write"
    assert all(MASK in text for text in captured)


@pytest.mark.soak
def test_no_secret_is_in_a_dump_of_the_database(spilling: Spilling) -> None:
    """Events, ticks, the ledger, alerts and all other tables, as text."""
    dump = _dump(spilling.stack)
    assert "Unforeseen, with" in dump
    assert "An echo of" in dump
    assert SENSOR_WORDS in dump
    assert _spilled(dump, spilling.secrets) == []


def _dump(stack: LoadStack) -> str:
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


@pytest.mark.soak
def test_no_secret_is_on_a_page_or_a_command_line(spilling: Spilling) -> None:
    """Of all processes of the machine, and the pages that anybody on it can open."""
    url = spilling.stack.settings().service_url
    pages = [httpx.get(f"{url}{path}", trust_env=False, timeout=60).text for path in ("/", "/approvals", "/health")]
    assert _spilled("\n".join(pages), spilling.secrets) == []
    lines = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            lines.append(" ".join(process.cmdline()))
    assert _spilled("\n".join(lines), spilling.secrets) == []


@pytest.mark.soak
def test_each_part_has_only_the_secrets_that_it_needs(spilling: Spilling) -> None:
    """In the environment of every process that belongs to it."""
    planted = PLANTED | {"password in a URL": IN_URL}
    seen: dict[str, set[str]] = {name: set() for name in NEEDS}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            environment = process.environ()
            home, _, name = environment.get(MARK, "").rpartition(":")
            if home == str(spilling.stack.home) and name in seen:
                seen[name] |= set(_spilled("\n".join(environment.values()), planted))
    assert {name: extra for name in NEEDS if (extra := seen[name] - NEEDS[name])} == {}
    assert seen["code"] >= {"openai_api_key", "browser_token"}, "what is needed is there"


@pytest.mark.soak
@pytest.mark.usefixtures("spilling")
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


@pytest.mark.soak
def test_every_frozen_part_is_ended_started_again_and_told(spilling: Spilling) -> None:
    """All of them at once: the database that keeps the alerts is among them."""
    stack = spilling.stack
    before = {entry.name: entry.pid for entry in read_record(stack.home) if entry.name in NEEDS}
    assert set(before) == set(NEEDS)
    for pid in before.values():
        os.kill(pid, signal.SIGSTOP)
    until(lambda: _all_new(stack.home, before), "every part has been started again")
    told = "select key from alerts where key like 'process_frozen:%%'"
    wanted = {f"process_frozen:{name}" for name in NEEDS}
    until(lambda: _keys(stack, told) == wanted, "each is told by an alert")


def _all_new(home: Path, before: dict[str, int]) -> bool:
    now = {entry.name: entry.pid for entry in read_record(home)}
    return all(now.get(name, pid) != pid and psutil.pid_exists(now[name]) for name, pid in before.items())


def _keys(stack: LoadStack, query: str) -> set[str]:
    try:
        return {str(row["key"]) for row in stack.ask_database(query)}
    except psycopg.Error:
        return set()
