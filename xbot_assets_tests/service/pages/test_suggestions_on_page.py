"""Replies that only a person may post, on the Inbox: decided by forms, and in a real Chromium by keys and thumbs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, expect
from starlette.testclient import TestClient

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.suggestions import replies_now
from xbot_assets.steps.own_account import Account
from xbot_assets.store.clock import DatabaseClock, set_line
from xbot_assets.store.engagement.suggestions import Suggestion, held_suggestion
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.approvals import post_to_decide
from xbot_assets.testing.page_scene import ANSWERS, play
from xbot_assets.testing.patience import until
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served
from xbot_assets_tests.service.pages.review_page import ORIGIN, visitor
from xbot_assets_tests.service.pages.views_rig import DESK, PHONE, a_browser, visiting

TEN = datetime(2026, 3, 4, 10, tzinfo=UTC)
FIRST, SECOND = "5100", "5101"
THUMB_PIXELS = 44
"""The least height of what a thumb hits (WCAG 2.2, target size of level AAA)."""
READ = "navigator.clipboard.readText()"


@pytest.fixture
def settings(settings_for: SettingsFor, database: Database) -> Settings:
    """An account with two suggestions, on a clock that stands."""
    set_line(database, ClockLine(system_now(), TEN, 0.000001))
    opened = settings_for(approval="all", timezone="Europe/Berlin", handle="kitchen", target_url="http://127.0.0.1:9")
    play(database, opened, TEN)
    return opened


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A browser on this machine."""
    with visitor(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all of them."""
    with a_browser() as opened:
        yield opened


@pytest.fixture
def origin(settings: Settings) -> Iterator[str]:
    """The service's origin."""
    with served(build_app(Connections(lambda: settings), [])) as address:
        yield address


def state(database: Database, x_post_id: str) -> str:
    """Return what became of a suggestion."""
    with database.transaction() as transaction:
        held = held_suggestion(transaction, x_post_id)
    return held.state if held else ""


def followed(database: Database, x_post_id: str) -> tuple[str, str, str | None]:
    """Return state, words and answered post of the row by which a posted suggestion is followed."""
    with database.transaction() as transaction:
        held = held_suggestion(transaction, x_post_id)
    assert held is not None
    assert held.post_id is not None
    row = post_to_decide(database, held.post_id)
    return row.status, row.text, row.reply_to_x_id


def opened(database: Database, settings: Settings) -> list[Suggestion]:
    """Return the suggestions that are open."""
    return replies_now(Account(settings, database, DatabaseClock(database))).suggestions


def send(client: TestClient, path: str, **fields: str) -> tuple[int, str]:
    """Send a form as the page does; return the answer's status and text."""
    token = client.get("/inbox").text.partition('name="form_token" value="')[2].partition('"')[0]
    answer = client.post(f"/inbox/{path}", data={"form_token": token, **fields}, headers=ORIGIN)
    return answer.status_code, answer.text


def test_a_reply_posted_by_hand_is_followed_and_a_wrong_address_is_refused_whole(
    database: Database, client: TestClient
) -> None:
    """What was typed stands in the form again; the words that were posted are kept; a second time is a conflict."""
    for wrong in ("", "soon", "https://x.com/somebody/status/77"):
        status, page = send(client, f"{FIRST}/posted", where=wrong, text="My own words.")
        assert status == 422, wrong
        assert "My own words." in page
        assert '<details class="posted" open>' in page
    assert state(database, FIRST) == "suggested"
    where = "https://x.com/Kitchen/status/7700?s=20"
    assert send(client, f"{FIRST}/posted", where=where, text="My own\r\nwords.")[0] == 303
    assert followed(database, FIRST) == ("published", "My own\nwords.", FIRST)
    assert send(client, f"{FIRST}/posted", where="7701")[0] == 409
    assert send(client, f"{FIRST}/dismiss")[0] == 409
    assert send(client, f"{SECOND}/copied")[0] == 303
    assert send(client, f"{SECOND}/posted", where="7702")[0] == 303
    assert followed(database, SECOND) == ("published", ANSWERS[1], SECOND)
    assert "No reply waits for you" in client.get("/inbox").text


def test_nothing_is_decided_by_looking_or_by_another_site(database: Database, client: TestClient) -> None:
    """Without the form's token, from elsewhere, or by an address alone."""
    for action in ("copied", "posted", "dismiss"):
        path = f"/inbox/{FIRST}/{action}"
        assert client.get(path, params={"where": "7"}).status_code == 405
        assert client.post(path, data={"where": "7"}, headers=ORIGIN).status_code == 403
        assert client.post(path, data={"where": "7"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert state(database, FIRST) == "suggested"


def test_suggestions_are_counted_in_the_navigation_of_every_view(client: TestClient) -> None:
    """With the posts that wait: six held, one unconfirmed, two replies."""
    for path in ("/", "/inbox", "/calendar", "/insights", "/system"):
        assert 'class="badge">9<span' in client.get(path).text, path
    assert client.get("/api/status.json").json()["product"]["replies_to_answer"] == 2
    assert send(client, f"{FIRST}/dismiss")[0] == 303
    assert 'class="badge">8<span' in client.get("/").text


def test_what_nobody_reads_is_said_where_the_list_is_empty(database: Database, settings: Settings) -> None:
    """By the setting that keeps it empty."""
    assert len(opened(database, settings)) == 2
    with visitor(settings.model_copy(update={"harvest": "off"})) as client:
        for number in (FIRST, SECOND):
            assert send(client, f"{number}/dismiss")[0] == 303
        assert "XBOT_HARVEST is off" in client.get("/inbox").text


@pytest.mark.slow
def test_at_a_desk_a_draft_is_copied_opened_posted_and_dismissed_by_keys(
    database: Database, browser: Browser, origin: str
) -> None:
    """The clipboard holds the draft to the letter; the card stays until its reply is on X."""
    with visiting(browser, origin, DESK) as visit:
        page = visit.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit.go("/inbox")
        card = page.locator(f"#suggestion-{FIRST}")
        expect(card.get_by_role("link", name="Open on X")).to_have_attribute(
            "href", f"http://127.0.0.1:9/cook_0/status/{FIRST}"
        )
        card.focus()
        page.keyboard.press("c")
        expect(page.locator("#said")).to_contain_text("The draft is copied")
        expect(card).to_be_focused()
        expect(card).to_contain_text("copied, not posted yet")
        assert page.evaluate(READ) == ANSWERS[0]
        page.keyboard.press("p")
        page.keyboard.type("7700")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("Your reply is noted")
        expect(card).to_have_count(0)
        expect(page.locator(f"#suggestion-{SECOND}")).to_be_focused()
        page.keyboard.press("d")
        expect(page.locator("#said")).to_contain_text("is dismissed")
        expect(page.get_by_text("No reply waits for you")).to_be_visible()
        assert (visit.troubles, visit.elsewhere) == ([], [])
    assert followed(database, FIRST) == ("published", ANSWERS[0], FIRST)
    assert state(database, SECOND) == "dismissed"


def _is_for_a_thumb(part: Locator) -> bool:
    height: float = part.evaluate("part => part.getBoundingClientRect().height")
    return height >= THUMB_PIXELS


@pytest.mark.slow
def test_on_a_phone_the_same_is_done_with_thumbs(database: Database, browser: Browser, origin: str) -> None:
    """Every button is large enough, and a page whose clipboard is kept from it copies what it selects."""
    with visiting(browser, origin, PHONE) as visit:
        page = visit.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.add_init_script("Object.defineProperty(navigator.clipboard, 'writeText', {value: undefined})")
        visit.go("/inbox")
        card = page.locator(f"#suggestion-{SECOND}")
        for what in (
            card.get_by_role("button", name="Copy the draft"),
            card.get_by_role("link", name="Open on X"),
            card.locator("details.posted summary"),
            card.get_by_role("button", name="Dismiss"),
        ):
            # The part is asked for once more when the stream opens: what is measured then is measured again.
            until(partial(_is_for_a_thumb, what))
        card.get_by_role("button", name="Copy the draft").tap()
        expect(card).to_contain_text("copied, not posted yet")
        assert page.evaluate(READ) == ANSWERS[1]
        card.locator("details.posted summary").tap()
        card.get_by_label("Address or number").fill("nowhere")
        card.get_by_role("button", name="It is on X").tap()
        expect(page.get_by_role("alert")).to_contain_text("no address of a post on X")
        card.get_by_label("Address or number").fill("https://x.com/kitchen/status/7701")
        card.get_by_label("Its words").fill("In my own words.")
        card.get_by_role("button", name="It is on X").tap()
        expect(page.locator("#said")).to_contain_text("Your reply is noted")
        page.locator(f"#suggestion-{FIRST}").get_by_role("button", name="Dismiss").tap()
        expect(page.get_by_text("No reply waits for you")).to_be_visible()
        assert visit.axe() == []
        assert (visit.troubles, visit.elsewhere) == ([], [])
    assert followed(database, SECOND) == ("published", "In my own words.", SECOND)
    assert state(database, FIRST) == "dismissed"


@pytest.mark.slow
def test_a_draft_that_cannot_be_copied_is_selected_and_not_noted(
    database: Database, browser: Browser, origin: str
) -> None:
    """Where the browser lets no page copy, nothing claims that it was."""
    with visiting(browser, origin) as visit:
        page = visit.page
        page.add_init_script(
            "Object.defineProperty(navigator.clipboard, 'writeText', {value: undefined});"
            "document.execCommand = () => false;"
        )
        visit.go("/inbox")
        page.locator(f"#suggestion-{FIRST}").get_by_role("button", name="Copy the draft").click()
        expect(page.locator("#said")).to_contain_text("copy it yourself")
        assert page.evaluate("getSelection().toString()") == ANSWERS[0]
    assert state(database, FIRST) == "suggested"


@pytest.mark.slow
def test_a_suggestion_that_somebody_else_answered_goes_away_by_itself(
    settings: Settings, browser: Browser, origin: str
) -> None:
    """And the count with it."""
    with visiting(browser, origin) as visit:
        visit.go("/inbox")
        page = visit.page
        expect(page.locator("body")).to_have_attribute("data-stream", "open")
        with visitor(settings) as other:
            assert send(other, f"{FIRST}/dismiss")[0] == 303
        expect(page.locator(f"#suggestion-{FIRST}")).to_have_count(0)
        expect(page.locator("#badge")).to_contain_text("8")
