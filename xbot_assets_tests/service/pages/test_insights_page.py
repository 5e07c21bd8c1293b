"""What was learned, on the view Insights: the report of the command line, at a desk and on a phone."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.engagement.insights import InsightKind, InsightSentence
from xbot_assets.domain.engagement.signals import SignalKind
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.learning.insights import Finding
from xbot_assets.service.app import build_app
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.pages.kept_report import KeptReport
from xbot_assets.service.pages.learned import Learned
from xbot_assets.settings import CHECKOUT, Settings
from xbot_assets.steps.learning.report import learning_report
from xbot_assets.steps.learning.report_values import HourCell
from xbot_assets.steps.own_account import Account
from xbot_assets.store.clock import DatabaseClock, set_line
from xbot_assets.store.engagement.insights import NewInsight, store_insight
from xbot_assets.store.engagement.signals import NewSignal, store_signals
from xbot_assets.store.engine.database import Database
from xbot_assets.store.learning.models import champion, champion_events, promote
from xbot_assets.testing.learned_scene import POSTS, play_learned
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served
from xbot_assets_tests.service.pages.review_page import visitor
from xbot_assets_tests.service.pages.views_rig import DESK, PHONE, a_browser, visiting

DEFAULT_PERSONA = CHECKOUT / "xbot_assets" / "llm" / "persona.toml"
TEN = datetime(2026, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def settings(settings_for: SettingsFor, database: Database) -> Settings:
    """An account on a clock that stands."""
    set_line(database, ClockLine(system_now(), TEN, 0.000001))
    return settings_for(timezone="Europe/Berlin", handle="kitchen", target_url="http://127.0.0.1:9")


@pytest.fixture
def account(database: Database, settings: Settings) -> Account:
    """The account over the database."""
    return Account(settings, database, DatabaseClock(database))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for both."""
    with a_browser() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_what_works_is_shown_with_posts_interval_and_examples(
    database: Database, settings: Settings, account: Account, browser: Browser, size: tuple[int, int]
) -> None:
    """As the report says it; above the models; nothing is wider than the window, and no style is inline."""
    persona = play_learned(database, settings, TEN)
    report = learning_report(account)
    best = next(one for one in report.insights if one.finding is Finding.BETTER)
    with (
        served(build_app(Connections(lambda: settings), [])) as origin,
        visiting(browser, origin, size) as visit,
    ):
        visit.go("/insights")
        page = visit.page
        card = page.locator(".insight.good").first
        expect(card).to_contain_text(f"Posts about {persona.topic_names[0]}")
        expect(card).to_contain_text(f"{best.posts} posts")
        expect(card).to_contain_text(f"({Learned(report).interval(best)})")
        expect(card.get_by_role("img")).to_be_visible()
        card.get_by_text("Its best").click()
        link = card.get_by_role("link", name="on X").first
        expect(link).to_have_attribute("href", str(best.examples[0].url))
        assert str(best.examples[0].url).startswith("http://127.0.0.1:9/me/status/")
        assert page.locator(".heat tbody td").count() == 7 * 24
        for words in ("What does not", "Tried and dropped", "Bandit 2 against 1", "it can prove a gain of at least"):
            expect(page.get_by_text(words).first).to_be_visible()
        above, below = page.locator("#learned-good").bounding_box(), page.locator("#kind-bandit").bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] < below["y"]
        assert page.locator("[style]").count() == 0
        assert visit.axe() == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
        assert (visit.troubles, visit.elsewhere) == ([], [])


class ByHand(Executor):
    """Does what it was given when it is told to."""

    def __init__(self) -> None:
        self._work: list[Callable[[], object]] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - any work
        """Keep it for later."""
        self._work.append(lambda: work(*args, **kwargs))
        return Future()

    def go_on(self) -> int:
        """Do all of it; return how much it was."""
        given, self._work = self._work, []
        for work in given:
            work()
        return len(given)


def test_a_report_is_shown_until_the_next_one_was_made_beside_the_pages(
    database: Database, settings: Settings, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision about models or the end of its time has one made, once, and no page waits for it."""
    play_learned(database, settings, TEN)
    real = [100.0]
    monkeypatch.setattr("xbot_assets.service.pages.kept_report.monotonic", lambda: real[0])
    beside = ByHand()
    kept, newest = KeptReport(beside), champion_events(database, 1)[0]
    first = kept.report(account, newest)
    assert (first.report.posts, first.is_renewed, kept.made) == (POSTS, False, 1)
    assert kept.report(account, newest) == first
    version = champion(database, "bandit")
    assert version is not None
    promote(database, version, "Again.", TEN + timedelta(minutes=1), verdict="refreshed")
    later = champion_events(database, 1)[0]
    for _ in range(2):
        shown = kept.report(account, later)
        assert (shown.report is first.report, shown.is_renewed) == (True, True)
    assert beside.go_on() == 1
    second = kept.report(account, later)
    assert (second.report is first.report, second.is_renewed, kept.made) == (False, False, 2)
    real[0] += 301
    assert kept.report(account, later).report is second.report
    assert beside.go_on() == 1
    assert kept.report(account, later).report is not second.report


def test_what_prevents_a_report_beside_the_pages_is_told_by_the_next_page(
    database: Database, settings: Settings, account: Account, tmp_path: Path
) -> None:
    """The old one is not shown for ever; when the cause is gone there is a report again."""
    persona = tmp_path / "persona.toml"
    own = replace(account, settings=settings.model_copy(update={"persona_path": persona}))
    persona.write_bytes(DEFAULT_PERSONA.read_bytes())
    play_learned(database, settings, TEN)
    newest = champion_events(database, 1)[0]
    beside = ByHand()
    kept = KeptReport(beside)
    kept.report(own, None)
    persona.write_text("this is no persona", encoding="utf-8")
    kept.report(replace(own), newest)
    beside.go_on()
    with pytest.raises(ProductError):
        kept.report(replace(own), newest)
    persona.write_bytes(DEFAULT_PERSONA.read_bytes())
    assert not kept.report(replace(own), newest).is_renewed


def test_an_unreadable_persona_hides_the_report_and_not_the_models(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """The page says why."""
    play_learned(database, settings, TEN)
    broken = tmp_path / "persona.toml"
    broken.write_text("this is no persona", encoding="utf-8")
    with visitor(settings.model_copy(update={"persona_path": broken})) as client:
        answer = client.get("/insights")
    assert answer.status_code == 200
    assert "What was learned cannot be told" in answer.text
    assert "Champion: version 1" in answer.text


def test_what_others_do_is_told_with_its_posts_and_an_empty_place_says_why(
    database: Database, settings: Settings, account: Account
) -> None:
    """Strangers' words are text; a conclusion links the posts that it rests on, and one that was dropped says why."""
    with visitor(settings) as client:
        assert "Nothing was read yet" in client.get("/insights").text
        words = "<script>alert(1)</script>"
        post = NewSignal(
            SignalKind.PEER, "11", "@ann", words, x_post_id="11", handle="ann", created_at=TEN, likes=3, views=9
        )
        trend = NewSignal(SignalKind.TREND, "#compost", "Trending", "#compost", rank=1, posts=40)
        now = account.clock.now()
        store_signals(database, [post, trend], now)
        told = [InsightSentence("Lists are liked.", ("11",)), InsightSentence("Odd.", (), "It cites no post.")]
        store_insight(database, NewInsight(InsightKind.EXPERT, told, "m", 5, "", 7), now)
        page = client.get("/insights").text
    assert "Nothing was read yet" not in page
    assert words not in page
    assert "&lt;script&gt;" in page
    assert 'Lists are liked. <span class="quiet"><a href="http://127.0.0.1:9/i/status/11"' in page
    assert "It cites no post." in page
    assert "40 posts" in page


@pytest.mark.parametrize(
    ("over_usual", "shade"),
    [(None, "few"), (1.0, "good-0"), (1.1, "good-1"), (1.5, "good-5"), (9.0, "good-5"), (0.7, "bad-3"), (0.0, "bad-5")],
)
def test_an_hour_has_the_shade_of_how_far_it_is_from_usual(
    account: Account, over_usual: float | None, shade: str
) -> None:
    """In five steps, the strongest from half as much again on."""
    assert Learned(learning_report(account)).shade(HourCell("Monday", 9, 7, over_usual)) == shade
