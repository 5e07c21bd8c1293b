"""What was stored cannot steer the terminal that shows it."""

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from xbot_assets.cli.entry import CRASH_LOG, EXIT_CRASHED, guarded
from xbot_assets.cli.terminal import Styled, echo, harmless, print_json
from xbot_assets.domain.clock import system_now
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.store.alerts import alert
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import policy, posts
from xbot_assets.testing.queueing import new_post
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.acceptance.command import environment
from xbot_assets_tests.store.an_alert import SOMETHING

ORDERS = "\x1b]0;owned\x07\x1b[31m\x9b31m\x08\r\x00\x7f\u202e\u2066"
BETWEEN = "--- and then ---"
ONE_AFTER_THE_OTHER = """
import json, sys
from xbot_assets.cli.app import app
for words in json.loads(sys.argv[1]):
    app(words, standalone_mode=False)
    print(sys.argv[2], end="", flush=True)
"""
CONTROLS = [chr(number) for number in (*range(0x20), *range(0x7F, 0xA0))]


def test_no_control_character_leaves_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """But line ends and tabs; marks of direction neither. Everything else is shown as it is."""
    echo("a", *CONTROLS, Styled(ORDERS, "red"), 7)
    said = capsys.readouterr().out
    assert [sign for sign in CONTROLS if sign in said and sign not in "\n\t"] == []
    assert "\u202e" not in said
    fine = "é 日本 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f العربية\n\tx"
    assert harmless(fine) == fine


def test_a_document_keeps_every_character_and_prints_none_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    """As escapes of JSON."""
    document = {"text": ORDERS + "".join(CONTROLS) + "\udcff é"}
    print_json(document)
    said = capsys.readouterr().out
    assert said.replace("\n", "").isprintable()
    assert json.loads(said) == document


def test_what_a_log_is_given_cannot_steer_the_terminal_that_it_is_read_on(tmp_path: Path) -> None:
    """A stranger's text comes into the log of the part that read it; colours, which Dagster writes, stay."""
    log = LogFile(tmp_path / "code.log")
    log.write(f"\x1b[31mError\x1b[0m: {ORDERS}{''.join(CONTROLS)} é 日本\r\n".encode())
    kept = (tmp_path / "code.log").read_bytes().decode()
    assert kept.startswith("\x1b[31mError\x1b[0m: ")
    assert kept.endswith("é 日本\r\n")
    rest = kept.replace("\x1b[31m", "").replace("\x1b[0m", "").replace("\r\n", "")
    assert [sign for sign in (*CONTROLS, "\u202e", "\u2066") if sign in rest and sign not in "\n\t"] == []


def test_a_stranger_s_text_in_a_traceback_steers_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of crashes is written by the command itself."""
    monkeypatch.setenv("XBOT_HOME", str(tmp_path / ".xbot"))

    def crash() -> None:
        raise RuntimeError(ORDERS)

    assert guarded(crash) == EXIT_CRASHED
    kept = (tmp_path / ".xbot" / "logs" / CRASH_LOG).read_text()
    assert "RuntimeError" in kept
    assert [sign for sign in (*CONTROLS, "\u202e") if sign in kept and sign not in "\n\t"] == []


def on_a_terminal(home: Path, commands: list[list[str]], **settings: str) -> list[str]:
    """Run commands, all in one process, whose output is a real terminal; return what that received of each."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", ONE_AFTER_THE_OTHER, json.dumps(commands), BETWEEN],
        env=environment(home, **settings) | {"TERM": "xterm"},
        cwd=PACKAGE_ROOT,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    received = b""
    while piece := _read(ours):
        received += piece
    assert process.wait() == 0, received
    os.close(ours)
    return received.decode().split(BETWEEN)[:-1]


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says so when the other side is closed
        return b""


def test_a_real_terminal_receives_no_orders_from_stored_text(
    database: Database, settings_for: SettingsFor, database_url: str, tmp_path: Path
) -> None:
    """From alerts, posts and notes, in words and as JSON."""
    settings = settings_for(approval="all")
    now, orders = system_now(), ORDERS.replace("\x00", "")
    alert(database, replace(SOMETHING, sentence=f"Sentence {orders}".replace("{", "")), now=now, key=f"k{orders}")
    (post_id,) = posts.enqueue_posts(database, [new_post(f"Loud {orders}words", now)], now)
    policy.hold_unapproved(database, settings, now)
    told = (["alerts", "list"], ["approve", "list"], ["approve", "show", str(post_id)])
    commands = [[*words, *more] for words in told for more in ([], ["--json"])]
    answers = on_a_terminal(tmp_path / ".xbot", commands, database_url=database_url, approval="all")
    assert len(answers) == len(commands)
    for received in answers:
        assert "31m" in received, received
        assert [sign for sign in CONTROLS if sign in received.replace("\r\n", "") and sign not in "\n\t"] == []
        assert "\u202e" not in received
