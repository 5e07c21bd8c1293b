"""``xbot approve`` as a person types it, on a real database. The command runs in this process; once as a program."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xbot_assets.cli.app import app
from xbot_assets.cli.entry import EXIT_FAILED
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import policy, posts, recovery
from xbot_assets.store.publishing.rows import SeenPost
from xbot_assets.testing.queueing import NOON, UNSURE, armed, new_post
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.acceptance.command import xbot

KNIFE = "A knife is most dangerous when it is blunt, because you push."
BREAD = "Cut the bread only when it is cold; a hot loaf is still cooking inside."
SETTINGS = {"approval": "all", "timezone": "Europe/Berlin"}

Approve = Callable[..., Result]


@pytest.fixture
def approve(tmp_path: Path, database_url: str) -> Approve:
    """Run ``xbot approve`` with some words."""
    values = SETTINGS | {"home": str(tmp_path / ".xbot"), "database_url": database_url}
    environment = {f"XBOT_{name.upper()}": value for name, value in values.items()}

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["approve", *words], env=environment)

    return run


def hold(database: Database, settings: Settings, text: str) -> str:
    """Queue a post and hold it; return its number as one types it."""
    now = system_now()
    (post_id,) = posts.enqueue_posts(database, [new_post(text, now)], now)
    policy.hold_unapproved(database, settings, now)
    return str(post_id)


def test_a_person_lists_shows_edits_reschedules_approves_and_rejects(
    database: Database, settings_for: SettingsFor, approve: Approve
) -> None:
    """Each word does what it says and prints one line; what happened is shown in the end."""
    settings = settings_for(approval="all")
    assert "No post waits" in approve("list").stdout
    number, loud = hold(database, settings, KNIFE), hold(database, settings, "\x1b[31mLoud words in red.")
    listed = approve("list").stdout
    assert KNIFE in listed
    assert "\x1b" not in listed
    assert [row["id"] for row in json.loads(approve("list", "--json").stdout)] == [int(number), int(loud)]
    for words in (
        ("edit", number, "--text", BREAD, "--why", "clearer"),
        ("reschedule", number, "--at", (system_now() + timedelta(hours=1)).isoformat()),
        ("approve", number),
        ("reject", loud, "--reason", "Too loud."),
    ):
        done = approve(*words)
        assert (done.exit_code, done.stderr) == (0, "")
        assert words[1] in done.stdout
    shown = approve("show", number).stdout
    assert BREAD in shown
    for step in ("new -> queued", "queued -> held", "edited by", "clearer", "rescheduled by", "approved by"):
        assert step in shown
    assert json.loads(approve("show", loud, "--json").stdout)["failure_reason"] == "Too loud."


def test_what_cannot_be_decided_says_why(database: Database, settings_for: SettingsFor, approve: Approve) -> None:
    """Unknown numbers, refused texts, times that mean nothing, and decisions that were made already."""
    number = hold(database, settings_for(approval="all"), KNIFE)
    approve_it = ("approve", number)
    for words, told in (
        (("approve", "999"), "There is no post 999."),
        (("edit", number, "--text", "word " * 100), "cannot be published"),
        (("edit", number, "--text", " "), "A post needs words"),
        (("reject", number, "--reason", " "), "needs a reason"),
        (("reschedule", number, "--at", "soon"), "'soon' is no time."),
        (("reschedule", number, "--at", "2027-03-28T02:30"), "never shows 2027-03-28 02:30"),
        (("reschedule", number, "--at", "2020-01-01T00:00"), "cannot be put on 2019-12-31 23:00 UTC"),
        (approve_it, ""),
        (approve_it, "approved it at"),
    ):
        failure = approve(*words).exception
        assert isinstance(failure, ProductError) is bool(told), words
        assert told in str(failure)


@pytest.mark.slow
def test_the_program_ends_with_one_sentence_and_a_non_zero_exit(tmp_path: Path, database_url: str) -> None:
    """No traceback."""
    done = xbot(tmp_path / ".xbot", "approve", "approve", "999", database_url=database_url, **SETTINGS)
    assert done.returncode == EXIT_FAILED
    assert done.stderr.startswith("There is no post 999.")


def test_a_person_settles_what_only_they_can_see_on_x(database: Database, approve: Approve) -> None:
    """An unconfirmed post is there or not there, and a post that is not from here is known."""
    assert "Nothing on X waits" in approve("unconfirmed").stdout
    held = armed(database)
    posts.mark_unconfirmed(database, held, UNSURE, NOON)
    stranger = SeenPost("501", "By hand.", "/p", NOON, None)
    recovery.note_phantoms(database, [stranger], NOON)
    listed = approve("unconfirmed").stdout
    assert "unconfirmed since" in listed
    assert "501  not from here  By hand." in listed
    assert json.loads(approve("unconfirmed", "--json").stdout)["unconfirmed"][0]["id"] == held.id
    old = approve("doubts", "--json")
    assert json.loads(old.stdout)["doubts"][0]["id"] == held.id
    assert "is now called 'xbot approve unconfirmed'" in old.stderr
    number = str(held.id)
    for words, told in (
        (("found", number, "x.com/me"), "no address of a post"),
        (("absent", number, "--drop"), "needs a reason"),
        (("absent", number, "--why", "I looked."), ""),
        (("found", number, "5"), "is queued now"),
        (("acknowledge", "all"), ""),
        (("acknowledge", "501"), "No such post waits"),
    ):
        failure = approve(*words).exception
        assert isinstance(failure, ProductError) is bool(told), words
        assert told in str(failure)
    assert "Nothing on X waits" in approve("unconfirmed").stdout
