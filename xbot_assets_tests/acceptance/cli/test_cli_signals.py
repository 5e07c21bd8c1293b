"""``xbot signals`` as a person types it, on a real database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xbot_assets.cli.app import app
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.engagement.insights import InsightKind, InsightSentence
from xbot_assets.domain.engagement.signals import SignalKind
from xbot_assets.store.engagement.insights import NewInsight, store_insight
from xbot_assets.store.engagement.signals import NewSignal, store_signals
from xbot_assets.store.engine.database import Database


@pytest.fixture
def signals(tmp_path: Path, database_url: str) -> Callable[..., Result]:
    """Run ``xbot signals`` with some words."""
    values = {"home": str(tmp_path / ".xbot"), "database_url": database_url, "handle": "owner"}
    environment = {f"XBOT_{name.upper()}": value for name, value in values.items()}

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["signals", *words], env=environment)

    return run


@pytest.mark.usefixtures("database")
def test_nothing_yet_says_why(signals: Callable[..., Result]) -> None:
    """And exits well: an empty list is no fault."""
    result = signals()
    assert result.exit_code == 0, result.output
    assert "Nothing was read yet" in result.stdout


def test_signals_and_conclusions_are_listed_and_steer_no_terminal(
    signals: Callable[..., Result], database: Database
) -> None:
    """Sentences with their posts, dropped ones with the reason, then each kind with its numbers."""
    now = system_now()
    post = NewSignal(
        SignalKind.PEER, "11", "@ann", "\x1b[31mSow early.", x_post_id="11", handle="ann", created_at=now, likes=3
    )
    trend = NewSignal(SignalKind.TREND, "#compost", "Trending", "#compost", rank=1, posts=40)
    store_signals(database, [post, trend], now)
    told = [InsightSentence("Short lines are liked.", ("11",)), InsightSentence("So is this.", (), "It cites no post.")]
    store_insight(database, NewInsight(InsightKind.COMPETITOR, told, "m", 5, "", 7), now)
    listed = signals().stdout
    assert "Short lines are liked. [11]" in listed
    assert "dropped: So is this. (It cites no post.)" in listed
    assert "#compost  (40 posts)" in listed
    assert "@ann 11: " in listed
    assert "\x1b" not in listed
    document = json.loads(signals("--json").stdout)
    assert [one["kind"] for one in document["kinds"] if one["signals"]] == ["trend", "peer"]
