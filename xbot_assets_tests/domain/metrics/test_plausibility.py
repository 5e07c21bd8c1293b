"""Which readings can be true."""

import pytest

from xbot_assets.domain.learning.reward import EngagementCounts
from xbot_assets.domain.metrics.plausibility import REACTIONS_MAX, VIEWS_MAX, disagrees, implausible


def counts(likes: int = 0, views: int | None = None) -> EngagementCounts:
    """Build counts."""
    return EngagementCounts(replies=0, reposts=0, likes=likes, bookmarks=0, views=views)


def problem(before: EngagementCounts | None, now: EngagementCounts, falls: int = 0) -> str | None:
    """Return the kind of problem, where three falls in a row are believed."""
    verdict = implausible(before, now, falls=falls, falls_believed=3)
    return verdict.problem if verdict else None


@pytest.mark.parametrize("now", [counts(-1), counts(0, -1), counts(REACTIONS_MAX + 1), counts(0, VIEWS_MAX + 1)])
def test_numbers_that_no_post_has_cannot_be(now: EngagementCounts) -> None:
    """Below nought or beyond all people; the database could not even hold some."""
    assert problem(None, now) == "out_of_range"
    assert problem(None, counts(REACTIONS_MAX, VIEWS_MAX)) is None


def test_views_never_fall_and_reactions_may() -> None:
    """People take likes back; views that are not shown are no fall."""
    assert problem(counts(5, 100), counts(5, 99)) == "falling_views"
    assert problem(counts(5, 100), counts(4, 100)) is None
    assert problem(counts(5, 100), counts(5)) is None
    assert problem(None, counts(5, 1)) is None


def test_a_fall_that_is_read_again_and_again_is_believed() -> None:
    """Otherwise one wrong number that was stored would keep every true one out for ever."""
    assert [problem(counts(5, 100), counts(5, 9), falls) for falls in (0, 1, 2)] == ["falling_views"] * 2 + [None]
    assert disagrees(counts(5, 100), counts(5, 9))


def test_what_agrees_needs_no_label() -> None:
    """More likes than views, or views that are gone, do not agree."""
    assert not disagrees(None, counts(5, 9))
    assert not disagrees(counts(5, 9), counts(5, 9))
    assert not disagrees(None, counts(5))
    assert disagrees(None, counts(10, 9))
    assert disagrees(counts(5, 9), counts(5))
