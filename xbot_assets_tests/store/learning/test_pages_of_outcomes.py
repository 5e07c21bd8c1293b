"""What learning reads in pages is what one long read would give, on a real PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.posts.post import NewPost
from xbot_assets.store import outcome_pages
from xbot_assets.store.engine.database import Database
from xbot_assets.store.learning import comparisons, report
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCORED = {"reward": 0.5, "score": 0.5, "level": 0.5, "is_relative": False}


def learned_from(db: Database, known_after: Sequence[int]) -> list[int]:
    """Publish a post an hour, each of which has an outcome so many hours after the last one; return their ids."""
    ids, rows = [], []
    for hour, after in enumerate(known_after):
        at = NOON + hour * HOUR
        posts.enqueue_posts(db, [NewPost(text=f"text {hour}", topic="sea", format="fact", scheduled_at=at)], at)
        held = take_post(db, open_limits(), at, lease=HOUR)
        assert held is not None
        assert posts.arm_post(db, held, at)
        posts.confirm_published(db, held, x_post_id=f"9{held.id}", permalink=f"/me/status/9{held.id}", now=at)
        ids.append(held.id)
        known = NOON + (len(known_after) + after) * HOUR
        rows.append({"post_id": held.id, "read_at": at, "computed_at": known, **SCORED})
    readings.insert_outcomes(db, rows)
    return ids


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_the_newest_outcomes_are_learned_from_whatever_a_page_holds(
    database: Database, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Oldest post first, each once, and no more of them than are asked for."""
    monkeypatch.setattr(outcome_pages, "PAGE", page)
    ids = learned_from(database, [0, 0, 0, 0, 0])
    assert [one.post_id for one in readings.training_examples(database, 4)] == ids[1:]
    assert [one.post_id for one in report.reported_posts(database, 3)] == ids[2:]
    assert [one.post_id for one in readings.training_examples(database, 99)] == ids


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_compared_posts_come_as_they_became_known_whatever_a_page_holds(
    database: Database, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Three became known at one moment: they are on one page, and none is told twice or left out."""
    monkeypatch.setattr(outcome_pages, "PAGE", page)
    first, second, third, fourth, fifth = learned_from(database, [5, 3, 3, 3, 1])
    told = [one.post_id for one in comparisons.compared_posts(database, NOON - HOUR)]
    assert told == [fifth, second, third, fourth, first]
    assert [one.post_id for one in comparisons.compared_posts(database, NOON)] == [fifth, second, third, fourth]


def test_nothing_was_learned_from_where_there_is_no_outcome(database: Database) -> None:
    """There are no pages to read then."""
    assert readings.training_examples(database, 9) == []
    assert report.reported_posts(database, 9) == []
    assert comparisons.compared_posts(database, NOON) == []
