"""The approval page in a real Chromium: a person can use it, and a hostile page beside it gets nothing done."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from xbot_assets.domain.clock import system_now
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import approvals
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served
from xbot_assets_tests.acceptance.pictures import looking
from xbot_assets_tests.service.pages.review_page import hold, status_of

KNIFE = "A knife is most dangerous when it is blunt, because you push."
BREAD = "Cut the bread only when it is cold; a hot loaf is still cooking inside."
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> <script>document.title='owned'</script>"
PICTURE = os.environ.get("XBOT_TEST_PICTURES")
"""A folder for pictures of the page; none is kept without it."""

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """Settings under which everything needs approval."""
    return settings_for(approval="all", timezone="Europe/Berlin")


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a browser that knows nothing yet."""
    with looking(1100, 900) as opened:
        yield opened


@pytest.fixture
def origin(settings: Settings) -> Iterator[str]:
    """The service's origin."""
    with served(build_app(Connections(lambda: settings), [])) as address:
        yield address


def test_a_person_reads_edits_approves_and_rejects(
    database: Database, settings: Settings, page: Page, origin: str
) -> None:
    """Every form of the page passes its own guard in a real browser."""
    late = hold(database, settings, KNIFE, system_now() - timedelta(minutes=5))
    loud = hold(database, settings, HOSTILE)
    page.goto(f"{origin}/approvals")
    expect(page.get_by_text("2 to decide")).to_be_visible()
    expect(page).to_have_title("xbot · 2 to decide")
    _keep_picture(page, "approvals.png")
    card = page.locator(f"#post-{late}")
    card.get_by_text("Edit").click()
    card.get_by_role("textbox", name="Text").fill(BREAD)
    card.get_by_role("button", name="Save text").click()
    expect(page.get_by_role("status")).to_contain_text("still waits")
    page.locator(f"#post-{late}").get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("is approved")
    card = page.locator(f"#post-{loud}")
    card.get_by_text("Reschedule").click()
    card.get_by_role("button", name="Set time").click()
    expect(page.get_by_role("status")).to_contain_text("another time")
    card.get_by_text("Reject", exact=True).click()
    card.get_by_role("textbox", name="Why").last.fill("Markup.")
    card.get_by_role("button", name="Reject for good").click()
    expect(page.get_by_text("No post waits")).to_be_visible()
    _keep_picture(page, "decided.png")
    assert (status_of(database, late), status_of(database, loud)) == ("queued", "rejected")
    assert [made.decision for made in approvals.recent_decisions(database, 9)][::-1] == [
        "edited",
        "approved",
        "rescheduled",
        "rejected",
    ]


def _attack(target: str, post_id: int) -> Starlette:
    """Return a site whose page sends a form, a fetch and an image to the service as soon as it is opened."""
    path = f"{target}/approvals/{post_id}"
    html = f"""<!doctype html><title>kittens</title>
<img src="{path}/approve">
<script>
fetch("{path}/approve", {{method: "POST", mode: "no-cors", credentials: "include",
  headers: {{"Content-Type": "application/x-www-form-urlencoded"}}, body: "seen="}}).catch(() => null)
  .finally(() => document.forms[0].submit())
</script>
<form method="post" action="{path}/reject">
<input name="why" value="kittens"><input name="form_token" value="x"></form>"""

    async def kittens(_request: Request) -> Response:
        return HTMLResponse(html)

    return Starlette(routes=[Route("/", kittens)])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_hostile_page_in_the_same_browser_changes_nothing(
    database: Database, settings: Settings, page: Page, origin: str, name: str
) -> None:
    """Another port of this machine is the same site to a browser, so the cookie goes along: the origin stops it."""
    post_id = hold(database, settings, KNIFE)
    page.goto(f"{origin}/approvals")
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.request.method, answer.status)))
    with ExitStack() as stack:
        evil = stack.enter_context(served(_attack(origin, post_id)))
        with page.expect_navigation(url=f"{origin}/**"):
            page.goto(evil.replace("127.0.0.1", name))
    posted = [status for method, status in answers if method == "POST"]
    assert posted
    assert set(posted) <= {403}
    assert status_of(database, post_id) == "held"
    assert approvals.recent_decisions(database, 1) == []


def _keep_picture(page: Page, name: str) -> None:
    if PICTURE:
        page.screenshot(path=Path(PICTURE) / name, full_page=True)
