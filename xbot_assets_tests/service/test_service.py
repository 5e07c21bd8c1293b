"""The status service: live without anything, ready with reasons, and a page that escapes what is not ours."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.service.app import SECURITY_HEADERS, build_app
from xbot_assets.service.health.components import Component, Components, NotUsed, Verdict, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.daemons import heartbeats, silent
from xbot_assets.service.pages import now
from xbot_assets.service.pages.standing import BreakerLine, LaneLine, PaceLine, Standing, UpcomingLine
from xbot_assets.service.pages.status import BudgetLine, OperationLine, PostLine, ProductStatus, Status, link_to
from xbot_assets.settings import load_settings
from xbot_assets.store.account.publishing_holds import PublishingHold
from xbot_assets.store.account.session_checks import SessionCheck
from xbot_assets.store.alerts import Alert
from xbot_assets.testing.patience import PATIENCE, growing
from xbot_assets.x.account_state import AccountState
from xbot_assets_tests.service.pages.review_page import without_own

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&"


@pytest.fixture
def connections(tmp_path: Path) -> Connections:
    """Return connections to a database that is not there: port 1 answers nobody."""
    environ = {"XBOT_HOME": str(tmp_path), "XBOT_DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:1/db"}
    return Connections(lambda: load_settings(environ))


@pytest.fixture
def client(connections: Connections) -> Iterator[TestClient]:
    """Return a client of the whole application."""
    with TestClient(build_app(connections), base_url="http://127.0.0.1") as client:
        yield client


def component(name: str, error: Exception | None = None, *, required: bool = True) -> Component:
    """Return a component that answers, or fails with ``error``."""

    def ping() -> str:
        if error is not None:
            raise error
        return "Answers."

    return Component(name, ping, required=required)


def test_live_is_200_and_ready_tells_why_not_while_the_database_is_down(client: TestClient) -> None:
    """The password is in no answer."""
    assert client.get("/health/live").json() == {"live": True}
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    verdicts = {part["name"]: part for part in ready.json()["components"]}
    assert "The database does not answer" in verdicts["Database"]["detail"]
    assert verdicts["Database"]["remedy"]
    page = client.get("/")
    assert page.status_code == 200
    assert "The product's data cannot be read" in page.text
    assert "hunter2" not in ready.text + page.text + client.get("/api/status.json").text


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    """Pages, data, style sheet and errors alike."""
    for path in ("/", "/api/status.json", "/static/css/base.css", "/health/live", "/nothing"):
        headers = client.get(path).headers
        assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_a_request_for_another_host_name_is_refused(client: TestClient) -> None:
    """A web page elsewhere cannot reach in by pointing its own name at this machine."""
    assert client.get("/api/status.json", headers={"Host": "evil.example"}).status_code == 400


def test_the_page_uses_no_inline_script_and_no_inline_style(client: TestClient) -> None:
    """The content security policy would block them."""
    page = client.get("/").text
    assert "<script" not in without_own(page)
    assert "style=" not in page
    assert "<style" not in page
    assert not re.findall(r" on[a-z]+=", page)


def test_ready_is_200_when_only_what_is_optional_or_off_is_missing(connections: Connections) -> None:
    """A registered component is on the page without the page knowing its name."""
    failure = TransientFailure("It is gone.", code=FailureCode.GONE, remedy="Bring it back.")
    parts = [component("One"), component("Two", failure, required=False), component("Three", NotUsed("Off."))]
    with TestClient(build_app(connections, parts), base_url="http://localhost") as client:
        ready = client.get("/health/ready")
        assert ready.status_code == 200
        assert [part["state"] for part in ready.json()["components"]] == ["ok", "failed", "off"]
        assert "Bring it back." in client.get("/").text


def test_an_unexpected_exception_of_one_ping_is_a_failed_component(connections: Connections) -> None:
    """The page survives, and says nothing of the exception's text, which could hold a secret."""
    with TestClient(
        build_app(connections, [component("Odd", ValueError("hunter2"))]), base_url="http://localhost"
    ) as c:
        ready = c.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["components"][0]["detail"] == "Unexpected ValueError."


@pytest.mark.anyio
async def test_a_component_that_hangs_is_asked_once_and_fails_in_time() -> None:
    """Readers of the page do not pile up threads."""
    asked: list[int] = []
    answer = threading.Event()

    def hang() -> str:
        asked.append(1)
        answer.wait(PATIENCE)
        return "At last."

    try:
        for seconds in growing(0.05):  # so short that a busy machine may miss it for the quick one, too
            asked.clear()
            components = Components([Component("Slow", hang), component("Quick")], ping_seconds=seconds)
            seen = [await components.check() for _ in range(3)]
            assert {(slow.state, slow.detail) for slow, _ in seen} == {("failed", f"No answer within {seconds:g} s.")}
            assert asked == [1]
            if all(quick.state == "ok" for _, quick in seen):
                break
            components.close()
    finally:
        answer.set()
        components.close()


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio."""
    return "asyncio"


def verdict(**changes: object) -> Verdict:
    """Return a good verdict with changes."""
    base = {"name": "One", "state": "ok", "required": True, "detail": "Fine.", "took_ms": 1, "checked_at": NOW}
    return Verdict.model_validate(base | changes)


def test_not_ready_means_that_something_required_has_failed() -> None:
    """Optional failures and what is off do not count."""
    assert is_ready([verdict(), verdict(state="failed", required=False), verdict(state="off")])
    assert not is_ready([verdict(state="failed")])


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
def hostile_page(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page over a status in which everything is hostile."""
    monkeypatch.setattr(now, "collect", lambda *_: hostile_status())
    with TestClient(build_app(connections, []), base_url="http://127.0.0.1") as client:
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


def test_a_daemon_is_silent_when_its_last_beat_is_old_or_never_came() -> None:
    """The names are told as words."""
    beats = {"SENSOR": NOW, "QUEUED_RUN_COORDINATOR": None, "SCHEDULER": NOW.replace(hour=11)}
    assert silent(beats, NOW) == ["queued run coordinator", "scheduler"]


def test_heartbeats_of_a_web_server_that_is_not_there_are_a_transient_failure() -> None:
    """Port 1 answers nobody."""
    with pytest.raises(TransientFailure) as caught:
        heartbeats("http://127.0.0.1:1", None, 1)
    assert caught.value.code == "unreachable"
