"""Signals are kept once, their sightings each time; an insight in use keeps the posts that it rests on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.engagement.insights import InsightKind, InsightSentence
from xbot_assets.domain.engagement.signals import SignalKind
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.store.engagement import insights, signals
from xbot_assets.store.engagement.insights import NewInsight
from xbot_assets.store.engagement.signals import NewSignal
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations.retention import RULES, purge_batch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PEER = SignalKind.PEER
POST = NewSignal(
    PEER,
    "11",
    "@ann",
    "Sow early.",
    x_post_id="11",
    handle="ann",
    format="one line",
    created_at=NOON,
    likes=3,
    views=90,
)
TREND = NewSignal(SignalKind.TREND, "#compost", "1 · Trending", "#compost", rank=1, posts=40)


def test_what_is_seen_again_has_one_row_and_a_sighting_each_time(database: Database) -> None:
    """Its words and first time stay, its last time and numbers are the newest; told twice at once, it is told once."""
    first = signals.store_signals(database, [POST, POST, TREND], NOON)
    later = [replace(POST, text="Changed.", likes=9), replace(TREND, posts=50)]
    second = signals.store_signals(database, later, NOON + HOUR)
    again = signals.store_signals(database, later, NOON + HOUR)
    assert ((first.stored, first.new), (second.stored, second.new), again.new) == ((2, 2), (2, 0), 0)
    (post,) = signals.newest_signals(database, PEER, since=NOON - DAY, limit=5)
    assert (post.text, post.likes, post.views, post.posts) == ("Sow early.", 9, 90, None)
    assert (post.first_seen_at, post.last_seen_at) == (NOON, NOON + HOUR)
    (row,) = database.fetch_all("signal_counts", since=NOON + timedelta(minutes=1))[:1]
    assert (row["seen"], row["new"]) == (1, 0)


def test_a_post_without_author_or_time_is_no_signal(database: Database) -> None:
    """What would not be evidence cannot be stored, and nothing of its batch is."""
    with pytest.raises(PermanentFailure):
        signals.store_signals(database, [TREND, replace(POST, created_at=None)], NOON)
    assert signals.newest_signals(database, SignalKind.TREND, since=NOON - DAY, limit=5) == []


def test_what_cannot_be_is_counted(database: Database) -> None:
    """More likes than views, a time to come, no numbers, our own words, and the same words twice."""
    odd = [
        replace(POST, likes=91),
        replace(POST, name="12", x_post_id="12", created_at=NOON + DAY, text="Other."),
        replace(POST, name="13", x_post_id="13", handle="me", likes=None, views=None, text="Mine."),
        replace(POST, name="14", x_post_id="14"),
    ]
    signals.store_signals(database, odd, NOON)
    asked = {"since": NOON - DAY}
    counted = signals.signal_problems(database, [PEER], own="Me", **asked)
    assert (counted.signals, counted.impossible, counted.of_the_future) == (4, 1, 1)
    assert (counted.without_numbers, counted.own) == (1, 1)
    assert signals.duplicates(database, [PEER], **asked) == 1


def insight(kept: tuple[str, ...], dropped: str | None = None) -> NewInsight:
    """Return an attempt with one sentence about these posts."""
    sentence = InsightSentence("Short lines are liked.", kept, dropped)
    return NewInsight(InsightKind.EXPERT, [sentence], "m", 5, dropped or "", 7)


def test_an_attempt_without_a_sentence_left_does_not_replace_the_last_one(database: Database) -> None:
    """The last attempt is told with its reason; what is in use stands."""
    signals.store_signals(database, [POST], NOON)
    insights.store_insight(database, insight(("11",)), NOON)
    insights.store_insight(database, insight((), "It cites no post."), NOON + HOUR)
    used = insights.current_insight(database, InsightKind.EXPERT)
    last = insights.last_insight(database, InsightKind.EXPERT)
    assert used is not None
    assert last is not None
    assert (used.made_at, last.made_at, last.why_none) == (NOON, NOON + HOUR, "It cites no post.")
    assert [row.x_post_ids for row in insights.sentences_of(database, used)] == [["11"]]
    assert insights.uncited_sentences(database, [used]) == 0
    assert insights.current_insight(database, InsightKind.COMPETITOR) is None


def test_purging_leaves_what_an_insight_in_use_rests_on(database: Database) -> None:
    """Old sightings go but the last of each; old signals go but those cited; old insights go but those in use."""
    other = replace(POST, name="12", x_post_id="12", text="Sow late.")
    for hours in range(3):
        signals.store_signals(database, [POST, other, TREND], NOON + hours * HOUR)
    insights.store_insight(database, insight(("12",)), NOON)
    insights.store_insight(database, insight(("11",)), NOON + HOUR)
    signals.note_reading(database, "background", NOON, seen=3, new=3, unread=0)
    for rule in RULES:
        if rule.table in {"signal_sightings", "signals", "insights", "signal_readings"}:
            purge_batch(database, rule, NOON + DAY, 100)
    assert [one.name for one in signals.newest_signals(database, PEER, since=NOON - DAY, limit=5)] == ["11"]
    assert signals.posts_stored(database, {"11", "12", "13"}) == {"11"}
    assert signals.last_readings(database, "background", 5) == []
    used = insights.current_insight(database, InsightKind.EXPERT)
    assert used is not None
    assert insights.uncited_sentences(database, [used]) == 0
