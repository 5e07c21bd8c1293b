"""When a post is read next: by age, by what happened, by how well reading goes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.learning.reward import EngagementCounts
from xbot_assets.domain.metrics.cadence import LEAST, unchanged_readings
from xbot_assets.settings import Settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
CADENCE = Settings().reading_cadence


def counts(likes: int = 0, views: int | None = None) -> EngagementCounts:
    """Build counts."""
    return EngagementCounts(replies=0, reposts=0, likes=likes, bookmarks=0, views=views)


@pytest.mark.parametrize(
    ("age", "interval"),
    [
        (timedelta(0), 20 * MINUTE),
        (DAY - MINUTE, 20 * MINUTE),
        (DAY, 2 * HOUR),
        (7 * DAY, DAY),
        (90 * DAY - MINUTE, DAY),
        (90 * DAY, 30 * DAY),
        (9000 * DAY, 30 * DAY),
    ],
)
def test_the_age_gives_the_interval_and_the_end_is_monthly(age: timedelta, interval: timedelta) -> None:
    """At each bound the next band begins."""
    assert CADENCE.interval(age) == interval


def test_readings_without_news_widen_the_interval_up_to_a_bound() -> None:
    """Doubled by each, four times at most, whatever their number; and never longer than after the end."""
    widened = [CADENCE.interval(HOUR, unchanged=n) / (20 * MINUTE) for n in (0, 1, 2, 3, 10_000)]
    assert widened == [1, 2, 4, 4, 4]
    assert CADENCE.interval(100 * DAY, unchanged=5) == 30 * DAY


def test_a_new_reaction_narrows_the_interval_again() -> None:
    """More views alone change nothing, and neither do views that the page no longer shows."""
    assert unchanged_readings(None, counts(), 0) == 0
    assert unchanged_readings(counts(likes=1, views=9), counts(likes=1, views=9), 2) == 3
    assert unchanged_readings(counts(likes=1, views=9), counts(likes=1, views=12), 2) == 2
    assert unchanged_readings(counts(likes=1, views=9), counts(likes=2, views=12), 2) == 0
    assert unchanged_readings(counts(likes=1, views=9), counts(likes=1), 2) == 3


@pytest.mark.parametrize(("read", "factor"), [(19, 1.0), (100, 1.5), (96, 1.5), (95, 1.0), (90, 1.0), (89, 0.75)])
def test_the_share_of_posts_that_could_be_read_adjusts_the_intervals(read: int, factor: float) -> None:
    """Above 95 of 100 they may relax, below 90 they intensify; a few posts say nothing."""
    rules = Settings(metrics_relax_factor=1.5).reading_cadence.success
    assert rules.factor(19 if read == 19 else 100, read) == factor


@given(st.floats(0, 1e9), st.integers(0, 10**9), st.floats(0.25, 3))
def test_no_interval_leaves_its_bounds(seconds: float, unchanged: int, factor: float) -> None:
    """Five minutes at least, a month at most."""
    interval = CADENCE.interval(timedelta(seconds=seconds), unchanged=unchanged, factor=factor)
    assert LEAST <= interval <= 30 * DAY
