"""The calendar's own questions and the page of a post: bounded, by the owner's clock, and decided as in the Inbox."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.settings import Settings
from xbot_assets.store.clock import set_line
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import approvals, posts
from xbot_assets.store.publishing.approvals import Decider, post_to_decide
from xbot_assets.store.publishing.calendar import decisions_waiting, held_page, upcoming_posts
from xbot_assets.store.publishing.policy import hold_unapproved
from xbot_assets.store.publishing.threads import enqueue_thread
from xbot_assets.testing.page_scene import HELD, play
from xbot_assets.testing.queueing import new_post
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.service.pages.review_page import ORIGIN, visitor

TEN = datetime(2026, 3, 4, 10, tzinfo=UTC)
KNIFE = "A knife is most dangerous when it is blunt, because you push."


@pytest.fixture
def settings(settings_for: SettingsFor, database: Database) -> Settings:
    """Settings under which everything needs approval, at ten on a Wednesday."""
    set_line(database, ClockLine(system_now(), TEN))
    return settings_for(approval="all", timezone="Europe/Berlin")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A browser on this machine."""
    with visitor(settings) as opened:
        yield opened


def test_the_calendar_tells_what_is_in_a_stretch_by_the_owners_clock(
    database: Database, settings: Settings, client: TestClient
) -> None:
    """Each with its state and its page; only what waits can be moved, and a thread stands there once."""
    numbers = play(database, settings, TEN)
    week = {"start": "2026-03-02T00:00:00", "end": "2026-03-09T00:00:00"}
    events = {event["id"]: event for event in client.get("/calendar/posts.json", params=week).json()}
    assert {name for name, event in events.items() if event["editable"]} == {
        *(f"post-{number}" for number in (*numbers["queued"], *numbers["held"][: len(HELD) + 1])),
        *(f"draft-{number}" for number in numbers["draft"]),
    }
    first = events[f"post-{numbers['queued'][0]}"]
    assert (first["start"], first["extendedProps"]["page"]) == ("2026-03-04T13:00", f"/posts/{numbers['queued'][0]}")
    assert events[f"post-{numbers['held'][len(HELD)]}"]["extendedProps"]["state"] == "held, thread 1/3"
    assert events[f"post-{numbers['unconfirmed'][0]}"]["classNames"] == ["unconfirmed"]
    day = {"start": "2026-03-05T00:00:00", "end": "2026-03-06T00:00:00"}
    assert [event["id"] for event in client.get("/calendar/posts.json", params=day).json()] == [
        f"draft-{numbers['draft'][0]}"
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("2026-03-02T00:00", "soon"),
        ("2026-03-02T00:00", "2026-03-02T00:00"),
        ("2026-03-02T00:00", "2030-03-02T00:00"),
        ("2026-03-09T00:00", "2026-03-02T00:00"),
        ("<script>", "2026-03-02T00:00"),
    ],
)
def test_a_stretch_that_is_none_or_too_long_is_refused(client: TestClient, start: str, end: str) -> None:
    """Nobody asks for all the years at once."""
    assert client.get("/calendar/posts.json", params={"start": start, "end": end}).status_code == 400


def test_a_decision_on_a_posts_page_leads_back_to_it(
    database: Database, settings: Settings, client: TestClient
) -> None:
    """A refused one shows the page again with the reason; a script of the calendar gets the same as JSON."""
    numbers = play(database, settings, TEN)
    post_id = numbers["queued"][0]
    page = client.get(f"/posts/{post_id}").text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    form = {"form_token": token, "back": "post", "at": "2026-03-05T09:00"}
    path = f"/inbox/{post_id}/reschedule"
    done = client.post(path, data=form, headers=ORIGIN)
    assert done.headers["location"] == f"/posts/{post_id}?done=reschedule&post={post_id}"
    assert "has another time" in client.get(done.headers["location"]).text
    refused = client.post(path, data=form | {"at": "2020-01-01T10:00"}, headers=ORIGIN)
    assert (refused.status_code, "cannot be put on" in refused.text) == (422, True)
    assert f"<h1>Post {post_id}</h1>" in refused.text
    asked = {**ORIGIN, "Accept": "application/json"}
    assert client.post(path, data=form, headers=asked).json() == {"said": f"Post {post_id} has another time."}
    told = client.post(path, data=form | {"at": "2020-01-01T10:00"}, headers=asked)
    assert (told.status_code, set(told.json())) == (422, {"reason", "remedy"})
    published = numbers["published"][0]
    assert client.post(f"/inbox/{published}/reschedule", data=form, headers=asked).status_code == 409


def test_a_queued_post_that_is_edited_waits_for_approval_and_may_be_approved_with_it(
    database: Database, client: TestClient
) -> None:
    """The approval is of the text that was saved; who read it as held edits nothing that was approved meanwhile."""
    (post_id,) = posts.enqueue_posts(database, [new_post(KNIFE, TEN + timedelta(hours=2))], TEN)
    page = client.get(f"/posts/{post_id}").text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    form = {"form_token": token, "back": "post", "seen": approvals.text_digest(KNIFE)}
    new = "A blunt knife is the dangerous one: you push, and it slips."
    assert client.post(f"/inbox/{post_id}/edit", data=form | {"text": new}, headers=ORIGIN).status_code == 409
    edit = form | {"text": new, "was": "queued"}
    assert client.post(f"/inbox/{post_id}/edit", data=edit, headers=ORIGIN).status_code == 303
    assert post_to_decide(database, post_id).status == "held"
    again = form | {"seen": approvals.text_digest(new), "text": f"{new} Always.", "then": "approve"}
    assert client.post(f"/inbox/{post_id}/edit", data=again, headers=ORIGIN).status_code == 303
    post = post_to_decide(database, post_id)
    assert (post.status, post.text, bool(post.approved_by)) == ("queued", f"{new} Always.", True)
    steps = [(event.from_status, event.to_status, event.decision) for event in posts.post_events(database, post_id)]
    assert steps[1:] == [("queued", "held", "edited"), ("held", "held", "edited"), ("held", "queued", "approved")]


def test_the_inbox_has_pages_and_tears_no_thread(database: Database, settings: Settings, client: TestClient) -> None:
    """A page counts decisions, a thread as one; a page beyond the last is empty and no error."""
    texts = [f"Number {number} of the things that I know about knives and boards." for number in range(5)]
    posts.enqueue_posts(database, [new_post(text, TEN + timedelta(hours=n)) for n, text in enumerate(texts)], TEN)
    thread = [new_post(f"{text} In a thread.", TEN + timedelta(minutes=90)) for text in texts[:3]]
    ids = enqueue_thread(database, thread, TEN, daily_cap=9)
    hold_unapproved(database, settings, TEN)
    assert decisions_waiting(database) == 6
    first, second = held_page(database, 3, 0), held_page(database, 3, 3)
    assert [row.id for row in first][-3:] == ids
    assert (len(first), len(second)) == (5, 3)
    assert client.get("/inbox", params={"page": "9" * 20}).status_code == 200
    assert client.get("/inbox", params={"page": "<script>"}).status_code == 200
    approvals.approve_post(database, ids[0], Decider("Anna", TEN), check=lambda _, __: None)
    assert [post.id for post in upcoming_posts(database, 9)] == [ids[0]]
