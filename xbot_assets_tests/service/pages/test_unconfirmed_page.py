"""The part of the approval page about posts on X: what a person says of them is checked, stored and shown."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from xbot_assets.domain.clock import system_now
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts, recovery
from xbot_assets.store.publishing.rows import SeenPost
from xbot_assets.testing.queueing import NOON, UNSURE, armed
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.service.pages.review_page import ORIGIN, status_of, visitor, without_own

HOSTILE = '<script>alert(1)</script>"><img src=x>'


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """The owner's settings."""
    return settings_for(handle="me", target_url="http://127.0.0.1:9")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A browser on this machine."""
    with visitor(settings) as opened:
        yield opened


def unconfirmed_post(database: Database) -> int:
    """Leave an unconfirmed post."""
    held = armed(database)
    posts.mark_unconfirmed(database, held, UNSURE, NOON)
    return held.id


def token_of(client: TestClient) -> str:
    """Return what a form of the page carries."""
    return client.get("/approvals").text.partition('name="form_token" value="')[2].partition('"')[0]


def send(client: TestClient, path: str, *, form_token: str = "", **fields: str) -> tuple[int, str]:
    """Send a form as the page does; return the answer's status and text."""
    token = form_token or token_of(client)
    answer = client.post(f"/approvals/{path}", data={"form_token": token, **fields}, headers=ORIGIN)
    return answer.status_code, answer.text


def test_an_unconfirmed_post_is_shown_and_published_as_the_post_that_a_person_names(
    database: Database, client: TestClient
) -> None:
    """By its address; what names no post of this account is refused, and the post stays unconfirmed."""
    post_id = unconfirmed_post(database)
    assert "Perhaps on X" in client.get("/approvals").text
    still_open = token_of(client)
    for wrong in (
        "",
        "soon",
        "https://evil.example/me/status/5",
        "https://x.com/you/status/5",
        "https://x.com/me",
        HOSTILE,
    ):
        status, told = send(client, f"{post_id}/found", where=wrong)
        assert status == 422, wrong
        assert "<script" not in without_own(told)
    assert status_of(database, post_id) == "unconfirmed"
    assert send(client, f"{post_id}/found", where="https://x.com/Me/status/55/photo/1?s=20")[0] == 303
    assert status_of(database, post_id) == "published"
    assert "Perhaps on X" not in client.get("/approvals").text
    assert send(client, f"{post_id}/absent", form_token=still_open)[0] == 409


@pytest.mark.parametrize(
    ("action", "why", "arrives"), [("absent", "", "queued"), ("drop", "Too late now.", "rejected")]
)
def test_a_post_that_is_not_there_is_queued_again_or_dropped(
    database: Database, client: TestClient, action: str, why: str, arrives: str
) -> None:
    """Kept under the person's name."""
    post_id = unconfirmed_post(database)
    assert send(client, f"{post_id}/{action}", why=why)[0] == 303
    assert status_of(database, post_id) == arrives
    assert posts.post_events(database, post_id)[-1].decision == "not_on_x"


def test_unknown_posts_are_shown_as_text_and_acknowledged_together(database: Database, client: TestClient) -> None:
    """A post that resembles one of ours is acknowledged by itself only."""
    like = unconfirmed_post(database)
    rows = [
        SeenPost(number, HOSTILE, f"/me/status/{number}", NOON, resembles)
        for number, resembles in (("501", None), ("502", None), ("503", like))
    ]
    recovery.note_phantoms(database, rows, system_now())
    page = client.get("/approvals").text
    assert "<script" not in without_own(page)
    assert page.count("&lt;script&gt;") == len(rows)
    assert send(client, "0/acknowledge")[0] == 303
    assert [row.x_post_id for row in recovery.open_phantoms(database)] == ["503"]
    assert send(client, "503/acknowledge")[0] == 303
    assert recovery.open_phantoms(database) == []


def test_what_was_read_as_an_address_leads_to_the_site_and_nowhere_else(database: Database, client: TestClient) -> None:
    """A name before an @, another host, a script: the link is then the account's own page."""
    elsewhere = ("@evil.example/1", "//evil.example/1", "https://evil.example/1", "javascript:1", ".evil.example/1")
    rows = [
        SeenPost(str(600 + place), "x", path, NOON, None) for place, path in enumerate((*elsewhere, "/me/status/9"))
    ]
    recovery.note_phantoms(database, rows, system_now())
    links = re.findall(r'<a href="([^"]+)" rel="noreferrer" hx-boost', client.get("/inbox").text)
    assert len(links) == len(rows)
    assert set(links) == {"http://127.0.0.1:9/me", "http://127.0.0.1:9/me/status/9"}


def test_a_form_of_another_site_settles_nothing(database: Database, client: TestClient) -> None:
    """Nor does looking."""
    post_id = unconfirmed_post(database)
    client.get("/approvals")
    for action in ("found", "absent", "drop", "acknowledge"):
        path = f"/approvals/{post_id}/{action}"
        assert client.get(path, params={"where": "5"}).status_code == 405
        assert client.post(path, data={"where": "5", "why": "x"}, headers=ORIGIN).status_code == 403
        evil = {"Origin": "https://evil.example"}
        assert client.post(path, data={"where": "5"}, headers=evil).status_code == 403
    assert status_of(database, post_id) == "unconfirmed"
