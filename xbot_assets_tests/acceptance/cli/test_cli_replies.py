"""``xbot replies`` as a person types it, on a real database."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xbot_assets.cli.app import app
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.policy import InboundEngagement, insert_engagements

Replies = Callable[..., Result]
HOUR = timedelta(hours=1)


@pytest.fixture
def replies(tmp_path: Path, database_url: str) -> Replies:
    """Run ``xbot replies`` with some words."""
    values = {"home": str(tmp_path / ".xbot"), "database_url": database_url, "handle": "owner"}
    environment = {f"XBOT_{name.upper()}": value for name, value in values.items()}

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["replies", *words], env=environment)

    return run


@pytest.fixture
def suggested(database: Database) -> list[str]:
    """Store three suggestions and return the ids of the posts that they answer."""
    now, ids = system_now(), ["5001", "5002", "5003"]
    rows = [
        {
            "x_post_id": post_id,
            "handle": f"author_{post_id}",
            "source": "search",
            "state": "open",
            "reason": "",
            "text": "\x1b[31mWhich seeds first?",
            "lang": "en",
            "in_reply_to": None,
            "conversation_id": post_id,
            "automated": False,
            "created_at": now - HOUR,
            "expires_at": now + HOUR,
        }
        for post_id in ids
    ]
    opportunity_store.store_opportunities(database, rows, now)
    for post_id in ids:
        draft, why = f"Broad beans, for {post_id}.", "They were never seen to engage."
        opportunity_store.suggest(database, post_id, draft=draft, why=why, call=None, now=now)
    return ids


def failure(result: Result) -> str:
    """Return the code of the failure that a command ended with."""
    assert isinstance(result.exception, ProductError)
    return result.exception.code


def test_suggestions_are_listed_posted_once_and_dismissed(replies: Replies, suggested: list[str]) -> None:
    """Each names its post's address; what was posted or dismissed is in the list no more."""
    first, second, third = suggested
    listed = replies("list").stdout
    assert all(f"author_{post_id}/status/{post_id}" in listed for post_id in suggested)
    assert "\x1b" not in listed
    assert {row["x_post_id"] for row in json.loads(replies("list", "--json").stdout)["suggestions"]} == set(suggested)
    assert "posted" in replies("copied", first).stdout
    assert "It is post" in replies("posted", first, "https://x.com/Owner/status/9001", "--text", "Beans.").stdout
    assert "dismissed" in replies("dismiss", second).stdout
    document = json.loads(replies("list", "--json").stdout)
    assert [row["x_post_id"] for row in document["suggestions"]] == [third]
    assert [(row["status"], row["text"], row["reply_to_x_id"]) for row in document["replies"]] == [
        ("published", "Beans.", first)
    ]


def test_what_cannot_be_is_refused_by_name(replies: Replies, suggested: list[str]) -> None:
    """Somebody else's post, an address that is none, a suggestion that is none, a reply that is known already."""
    first, second, _ = suggested
    assert failure(replies("posted", first, "https://x.com/ann/status/9001")) == "bad_x_post"
    assert failure(replies("posted", first, "somewhere")) == "bad_x_post"
    assert failure(replies("posted", "404", "9001")) == "no_suggestion"
    assert replies("posted", first, "9001").exit_code == 0
    assert failure(replies("posted", first, "9002")) == "no_suggestion"
    assert failure(replies("posted", second, "9001")) == "integrity"
    assert failure(replies("never", "not a name")) == "not_a_handle"


def test_people_are_excluded_let_back_and_tracked(replies: Replies) -> None:
    """Said twice it changes nothing."""
    assert "not answered any more" in replies("never", "@Ann").stdout
    assert "not answered before" in replies("never", "ann").stdout
    assert "@ann is not answered: owner" in replies("list").stdout
    assert "may be answered again" in replies("again", "ANN").stdout
    assert "was not excluded" in replies("again", "ann").stdout
    assert ["is tracked" in replies("track", "bo").stdout, "already" in replies("track", "bo").stdout] == [True, True]
    assert "not tracked any more" in replies("untrack", "@bo").stdout


def test_whose_posts_are_looked_at_is_listed_with_what_the_owner_said_of_them(
    replies: Replies, database: Database
) -> None:
    """Who did most is discovered; who is tracked, banned or not answered is not; a word said twice changes nothing."""
    assert "Nobody yet" in replies("accounts").stdout
    now = system_now()
    insert_engagements(
        database,
        [
            InboundEngagement(handle=handle, kind="reply", x_post_id=f"{handle}{number}", engaged_at=now)
            for handle in ("busy_ann", "busy_bo", "busy_cy")
            for number in range(700, 704)
        ],
    )
    listed = replies("accounts").stdout
    assert [f"@{name} was discovered: score 12.0 from 4 deeds." in listed for name in ("busy_ann", "busy_bo")] == [
        True,
        True,
    ]
    assert "It is tracked." in replies("track", "@Busy_Ann").stdout
    assert "It is not looked at any more." in replies("ban", "busy_bo").stdout
    assert "It was banned already." in replies("ban", "@BUSY_BO").stdout
    assert replies("never", "busy_cy").exit_code == 0
    listed = replies("accounts").stdout
    assert "@busy_ann is tracked." in listed
    assert "@busy_bo is banned." in listed
    assert "discovered" not in listed
    assert "It may be discovered again." in replies("unban", "Busy_Bo").stdout
    assert "It was not banned." in replies("unban", "busy_bo").stdout
    assert "@busy_bo was discovered" in replies("accounts").stdout


def test_the_last_word_about_an_account_counts(replies: Replies) -> None:
    """Banning one that is tracked ends that; tracking one that is banned lets it back."""
    assert "It is tracked." in replies("track", "dee").stdout
    assert "It is not looked at any more." in replies("ban", "dee").stdout
    assert replies("accounts").stdout == "@dee is banned.\n"
    assert "It is tracked." in replies("track", "dee").stdout
    assert replies("accounts").stdout == "@dee is tracked.\n"
    for verb in ("track", "untrack", "ban", "unban"):
        assert failure(replies(verb, "not a name")) == "not_a_handle"
