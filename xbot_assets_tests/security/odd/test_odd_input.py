"""Odd input: refused whole, in one sentence, before anything is stored, and without waiting for ever."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xbot_assets import regular_files
from xbot_assets.browser.session.source import load_session
from xbot_assets.cli.app import app
from xbot_assets.cli.entry import EXIT_FAILED, main
from xbot_assets.cli.images import read_images
from xbot_assets.cli.sandbox import duration
from xbot_assets.cli.sessions.owner_login import log_in_owner
from xbot_assets.domain.clock import CLOCK_LATEST, RATE_MAX, ClockLine, system_now
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.persona import Persona
from xbot_assets.domain.posts.presentable import shows_nothing
from xbot_assets.llm.persona import load_persona
from xbot_assets.llm.prices import load_prices
from xbot_assets.regular_files import read_regular
from xbot_assets.replay.jobs_file import read_jobs_file
from xbot_assets.runtime.machine.accounts import kept_password
from xbot_assets.settings import Settings, SettingsError, load_settings
from xbot_assets.steps.content.fallback import load_templates
from xbot_assets.steps.operations.clock_control import advance
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.publishing.approval import owners_time
from xbot_assets.steps.publishing.manual_recovery import decide_published_at
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import approvals, posts
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.acceptance.command import xbot
from xbot_assets_tests.service.pages.review_page import ORIGIN, form_of, hold, visitor

HUGE = "9" * 5_000
"""Python refuses to read a number of more than 4,300 digits."""
SEEN_BY_NOBODY = [
    "\u200b",
    "\u00a0\u00a0",
    "\u2060\ufe0f\u200d",
    "\u3164",
    "\u2800 \u2800",
    "\u034f",
    "\U000e0041",
    " \t\n",
]
NOW = datetime(2026, 5, 1, tzinfo=UTC)


# The command line.


def test_bytes_that_are_not_utf8_arrive_as_such_and_are_refused(tmp_path: Path) -> None:
    """By the command as a shell runs it."""
    done = xbot(tmp_path / ".xbot", "post", "ab\udcffcd")
    assert done.returncode == EXIT_FAILED
    assert done.stderr.startswith("Argument 2 of the command holds bytes that are not UTF-8 text.")
    assert not (tmp_path / ".xbot").exists()


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run the command line in this process, and return its exit code and what it said on standard error."""
    monkeypatch.setenv("XBOT_HOME", str(tmp_path / ".xbot"))

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["xbot", *words])
        with pytest.raises(SystemExit) as ending:
            main()
        return int(ending.value.code or 0), capsys.readouterr().err

    return run


@pytest.mark.parametrize("words", [("post", "ab\udcffcd"), ("alerts", "acknowledge", "\udcff"), ("\udcff",)])
def test_words_that_are_not_utf8_are_refused_whole(
    tmp_path: Path, command: Callable[..., tuple[int, str]], words: tuple[str, ...]
) -> None:
    """Nothing of the command is carried out."""
    code, said = command(*words)
    assert code == EXIT_FAILED
    assert said.startswith(f"Argument {len(words)} of the command holds bytes that are not UTF-8 text.")
    assert not (tmp_path / ".xbot").exists()


def test_control_characters_on_the_command_line_are_refused_and_not_repeated(
    command: Callable[..., tuple[int, str]],
) -> None:
    """A line break or a tab in a text is none of them."""
    _, said = command("no\x1b]0;such\x07command")
    assert said.startswith("Argument 1 of the command holds a control character (U+001B).")
    assert "\x1b" not in said
    assert "Argument" not in command("post", "One.\n\tTwo.")[1]


@pytest.mark.parametrize("value", ["x\udcff", "a\x00b", "\x1b[31m"])
def test_settings_that_are_no_text_are_named_without_their_value(value: str) -> None:
    """Whatever the setting."""
    with pytest.raises(SettingsError) as caught:
        load_settings({"XBOT_TIMEZONE": value}, use_parts=False)
    assert any(problem.startswith("XBOT_TIMEZONE: it holds ") for problem in caught.value.problems)
    assert caught.value.reason.replace("\n", "").isprintable()


# Times.


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf"), float("nan"), 1e308])
def test_a_rate_that_no_clock_can_have_is_refused(rate: float) -> None:
    """Also on the command line."""
    with pytest.raises(ValueError, match="above zero"):
        ClockLine(NOW, NOW, rate)
    assert ClockLine(NOW, NOW, RATE_MAX).rate == RATE_MAX
    done = CliRunner().invoke(app, ["sandbox", "clock", "--rate", str(rate)])
    assert done.exit_code == 2
    assert "--rate" in done.stderr


@pytest.mark.parametrize("text", ["99999999999999999999d", f"{HUGE}h", "999999999d999999999d"])
def test_a_length_of_time_beyond_all_time_is_refused(text: str) -> None:
    """In a sentence that does not repeat 5,000 digits."""
    with pytest.raises(PermanentFailure) as caught:
        duration(text)
    assert len(caught.value.reason) < 100


def test_the_clock_is_not_put_beyond_the_ids_of_x(database: Database, settings_for: SettingsFor) -> None:
    """Nor beyond the year 9999, where Python's times end."""
    for by in (CLOCK_LATEST - system_now() + timedelta(days=1), timedelta(days=999_999_999)):
        with pytest.raises(PermanentFailure, match="cannot be put beyond 2080-01-01"):
            advance(settings_for(), database, by)


@pytest.mark.parametrize("words", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "\x00", HUGE])
def test_a_time_that_an_offset_leads_out_of_all_time_is_none(words: str) -> None:
    """The last minute that there is can still be told."""
    settings = Settings(timezone="UTC")
    with pytest.raises(PermanentFailure, match="is no time"):
        owners_time(words, settings)
    assert owners_time("9999-12-31T23:59", settings).year == 9999


# Files.

READERS: dict[str, Callable[[Path], object]] = {
    "image": lambda path: read_images([path], []),
    "persona": load_persona,
    "prices": load_prices,
    "templates": load_templates,
    "jobs": read_jobs_file,
    "session to import": log_in_owner,
    "session": lambda path: load_session(Settings(mode="shadow", handle="me", session_path=path), NOW),
    "session key": lambda path: load_session(
        Settings(mode="shadow", handle="me", session_path=Path(__file__), session_key_path=path), NOW
    ),
    "secrets": lambda path: kept_password(path.parent, "valkey"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "device", "directory"])
def test_what_is_no_regular_file_is_refused_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str, kind: str
) -> None:
    """Opening a pipe waits for a writer, and some devices never end."""
    for name, value in {"HOME": tmp_path / ".xbot", "MODE": "shadow", "HANDLE": "me"}.items():
        monkeypatch.setenv(f"XBOT_{name}", str(value))
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "secrets.json"
    {"pipe": os.mkfifo, "device": lambda at: at.symlink_to("/dev/zero"), "directory": Path.mkdir}[kind](path)
    with pytest.raises(ProductError):
        READERS[reader](path)


def test_a_file_without_an_end_or_a_name_is_refused(tmp_path: Path) -> None:
    """Before all of it is in memory."""
    (tmp_path / "large").write_bytes(bytes(11))
    with pytest.raises(OSError, match="more than 10 bytes"):
        read_regular(tmp_path / "large", bytes_max=10)
    for name in ("a\x00b", "\ud800"):
        with pytest.raises(OSError, match="none that a file can have"):
            read_regular(tmp_path / name)


def test_a_file_that_has_nothing_to_say_yet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``/proc/kmsg`` calls itself a regular file, and answers as this pipe does."""
    reading, writing = os.pipe2(os.O_NONBLOCK)
    monkeypatch.setattr(regular_files, "open_regular", lambda _path: os.fdopen(reading, "rb"))
    with pytest.raises(OSError, match="nothing to read now"):
        read_regular(tmp_path / "kmsg")
    os.close(writing)


# Texts.


@pytest.mark.parametrize("text", SEEN_BY_NOBODY)
def test_a_text_of_which_nothing_would_be_seen_is_no_post(
    database: Database, settings_for: SettingsFor, database_url: str, tmp_path: Path, text: str
) -> None:
    """Neither queued nor as the new text of a post; nor as a part of a thread."""
    environment = {"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_DATABASE_URL": database_url}
    for words in ([text], ["Some words.", text]):
        failure = CliRunner().invoke(app, ["post", "--", *words], env=environment).exception
        assert isinstance(failure, ProductError)
        assert failure.reason == "A post needs words."
    assert posts.queue_counts(database) == {}
    settings = settings_for(approval="all")
    post_id = hold(database, settings, "A knife is most dangerous when it is blunt.")
    with visitor(settings) as client:
        sent = client.post(f"/approvals/{post_id}/edit", data=form_of(client) | {"text": text}, headers=ORIGIN)
        assert sent.status_code == 422
        assert "A post needs words" in sent.text
    assert approvals.post_to_decide(database, post_id).text == "A knife is most dangerous when it is blunt."


@pytest.mark.parametrize(
    "text", ["a", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "؟", "。", "\u0b95\u0bbf", "\U0001fae8", "-"]
)
def test_a_text_of_which_something_is_seen_is_one(text: str) -> None:
    """Emoji joined by a character without width, punctuation, and signs newer than this Python."""
    assert not shows_nothing(f"\u200b{text}\u00a0")


# Numbers in addresses.


def test_a_number_of_5000_digits_in_an_address_is_no_such_page(database: Database, settings_for: SettingsFor) -> None:
    """And no crash: not in the path, not in the query, not in a picture's name."""
    settings = settings_for(approval="all")
    hold(database, settings, "A knife is most dangerous when it is blunt.")
    with visitor(settings) as client:
        form = form_of(client)
        assert client.post(f"/approvals/{HUGE}/approve", data=form, headers=ORIGIN).status_code == 404
        assert client.post(f"/approvals/{'9' * 20}/approve", data=form, headers=ORIGIN).status_code == 404
        shown = client.get("/approvals", params={"done": "approve", "post": HUGE})
        assert shown.status_code == 200
        assert HUGE[:50] not in shown.text
        assert client.get(f"/plots/a/a-{'0' * 5_000}.png").status_code == 404
        assert client.get(f"/plots/{'a' * 5_000}/a-0.png").status_code == 404


@pytest.mark.parametrize(
    "where", [HUGE, f"https://x.com/xbot_demo/status/{HUGE}", "http://[", "\x00", "https://x.com/\x00"]
)
def test_what_cannot_be_a_post_of_x_is_refused(database: Database, settings_for: SettingsFor, where: str) -> None:
    """Before any post is looked at."""
    clock = DatabaseClock(database)
    account = Account(settings_for(), database, clock)
    with pytest.raises(PermanentFailure, match=r"This is no address of a post on X\."):
        decide_published_at(account, 1, where, approvals.Decider("me", NOW))


# The persona.

PERSONA = Persona.model_validate(load_persona().model_dump())


@pytest.mark.parametrize("word", ["a\x00b", "a\x1b[31mb", "a\x85b", "a\u2028b", "\u200b", "\u3164"])
@pytest.mark.parametrize("field", ["name", "audience", "tones", "never_say"])
def test_a_persona_of_control_characters_or_of_nothing_is_refused(field: str, word: str) -> None:
    """An escape in the file can write any character."""
    value = word if field in {"name", "audience"} else [word]
    with pytest.raises(ValueError, match=r"control character or a line break|nothing that a reader would see"):
        Persona.model_validate(PERSONA.model_dump() | {field: value})


@pytest.mark.parametrize("line", ['language = "zz"', f"links = {HUGE}", f"x = {'[' * 5_000}", 'language = "e\\u0000"'])
def test_a_persona_file_that_cannot_be_used_is_one_refusal(tmp_path: Path, line: str) -> None:
    """Also a language that no gate knows, and what the reader of TOML itself gives up on."""
    path = tmp_path / "persona.toml"
    path.write_text('name = "a"\naudience = "b"\ntones = ["c"]\n' + line)
    with pytest.raises(PermanentFailure) as caught:
        load_persona(path)
    assert caught.value.code == "bad_persona"


def test_a_language_that_no_gate_knows_is_named(tmp_path: Path) -> None:
    """Of a persona that is sound otherwise."""
    topics = '[[topics]]\nname = "a"\nkeywords = ["b"]\n[[formats]]\nname = "c"\ndescription = "d"\n'
    path = tmp_path / "persona.toml"
    path.write_text(f'name = "a"\naudience = "b"\ntones = ["c"]\nlanguage = "zz"\n{topics}')
    with pytest.raises(PermanentFailure, match="'zz', is none that the gates can tell"):
        load_persona(path)
