"""The page over a status in which every word is hostile: nothing of it is more than text."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.service.app import build_app
from xbot_assets.service.pages import now
from xbot_assets.service.pages.standing import BreakerLine, LaneLine, PaceLine, Standing, UpcomingLine
from xbot_assets.service.pages.status import BudgetLine, OperationLine, PostLine, ProductStatus, Status, link_to
from xbot_assets.store.account.publishing_holds import PublishingHold
from xbot_assets.store.account.session_checks import SessionCheck
from xbot_assets.store.alerts import Alert
from xbot_assets.x.account_state import AccountState
from xbot_assets_tests.service.pages.review_page import without_own
from xbot_assets_tests.service.service_rig import NOW, unreachable, verdict

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&"


def hostile_standing() -> Standing:
    """Return what comes next, with hostile words."""
    lane = LaneLine(lane="low", under_way=HOSTILE, under_way_seconds=125, waiting=2, oldest_seconds=30)
    breaker = BreakerLine(state="open", reason=HOSTILE, failures=5, try_at=NOW)
    first = UpcomingLine(id=2, text=HOSTILE, due_at=NOW, thread=None, wait="It goes at noon.")
    pace = PaceLine(
        kind="post",
        rate_per_hour=0.5,
        last_hour=1,
        hour_max=2,
        today=3,
        day_max=10,
        paused_until=NOW,
        pause_reason=HOSTILE,
    )
    return Standing(upcoming=[first, first], paces=[pace], breaker=breaker, lanes=[lane])


def hostile_status() -> Status:
    """Return a status in which everything that can come from outside is hostile."""
    post = PostLine(
        id=1,
        status="published",
        text=HOSTILE,
        topic=HOSTILE,
        format=HOSTILE,
        scheduled_at=NOW,
        published_at=NOW,
        removed_at=NOW,
        url=None,
        read_at=NOW,
        replies=1,
        reposts=2,
        likes=1234567,
        bookmarks=4,
        views=None,
        failure_reason=HOSTILE,
        thread=None,
        reply_to_handle=None,
    )
    alert = Alert(
        id=1,
        key="k",
        severity="critical",
        reason=HOSTILE,
        remedy=HOSTILE,
        raised_at=NOW,
        last_seen_at=NOW,
        times_seen=1,
    )
    product = ProductStatus(
        now=NOW,
        rate=60,
        queue={"queued": 3},
        posts=[post],
        alerts=[alert],
        holds=[PublishingHold(code=FailureCode.LOCKED, reason=HOSTILE, remedy=HOSTILE, since=NOW)],
        budget=BudgetLine(
            ends_at=NOW,
            spent_usd=0.5,
            reserved_usd=0,
            budget_usd=5,
            tier="high",
            why=HOSTILE,
            model=HOSTILE,
            posts_per_plan=2,
            plan_minutes=120,
            held=HOSTILE,
        ),
        models=[],
        operations=[
            OperationLine(
                kind=HOSTILE,
                lane="high",
                queued_at=NOW,
                seconds=16.5,
                waited_seconds=12.5,
                worked_seconds=4,
                slot=1,
                outcome="ok",
                failure_reason=HOSTILE,
            )
        ],
        standing=hostile_standing(),
        session=SessionCheck(state=AccountState.LOGGED_OUT, handle=HOSTILE, checked_at=NOW),
    )
    return Status(
        version="1",
        mode="sandbox",
        handle="me",
        llm="sandbox",
        target_url="http://127.0.0.1:9",
        web_url=None,
        real_now=NOW,
        ready=True,
        components=[verdict(detail=HOSTILE)],
        product=product,
        problem=None,
    )


@pytest.fixture
def hostile_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page over a status in which everything is hostile."""
    monkeypatch.setattr(now, "collect", lambda *_: hostile_status())
    with TestClient(build_app(unreachable(tmp_path), []), base_url="http://127.0.0.1") as client:
        return client.get("/").text


def test_text_from_outside_is_escaped_everywhere_on_the_page(hostile_page: str) -> None:
    """Posts, topics, reasons, alerts and details."""
    page = without_own(hostile_page)
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 19
    assert "1,234,567" in page


def test_the_page_says_when_the_session_was_checked_and_what_was_found(hostile_page: str) -> None:
    """Also when all is well, so that silence is not taken for health."""
    page = " ".join(hostile_page.split())
    assert ">logged out</span>" in page
    assert "checked Thu 01 Jan, 12:00" in page


def test_the_page_says_that_x_took_a_post_back(hostile_page: str) -> None:
    """It is published as far as the queue is concerned, but nobody can read it."""
    assert "removed by X" in hostile_page


def test_the_page_tells_waiting_and_working_apart(hostile_page: str) -> None:
    """Both are labelled, and said of each operation and each lane."""
    page = " ".join(hostile_page.split())
    assert "Waited</th>" in page
    assert "Worked</th>" in page
    assert '<td class="n">12.5 s</td> <td class="n">4.0 s</td>' in page
    assert "2 min 05 s" in page
    assert "It goes at noon" in page


@pytest.mark.parametrize(
    ("permalink", "link"),
    [
        ("/me/status/1", "http://127.0.0.1:9/me/status/1"),
        ("http://127.0.0.1:9/me/status/1", "http://127.0.0.1:9/me/status/1"),
        ("https://evil.example/me/status/1", None),
        ("//evil.example/x", None),
        ("javascript:alert(1)", None),
        ("", None),
        (None, None),
    ],
)
def test_a_post_links_to_the_target_and_nowhere_else(permalink: str | None, link: str | None) -> None:
    """A permalink is text from a page."""
    assert link_to(permalink, "http://127.0.0.1:9") == link
