"""Jitter only delays, and is drawn once for each post."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.pace.jitter import jittered

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.text(), st.timedeltas(timedelta(0), timedelta(hours=1)))
def test_jitter_only_delays_stays_in_its_bound_and_is_never_drawn_again(key: str, most: timedelta) -> None:
    """A restart gives the same due time."""
    due = jittered(NOON, key, most)
    assert timedelta(0) <= due - NOON <= most
    assert due == jittered(NOON, key, most)


def test_jitter_spreads_over_its_whole_bound() -> None:
    """A thousand posts fill every tenth of it."""
    delays = [jittered(NOON, str(post), timedelta(minutes=10)) - NOON for post in range(1000)]
    tenths = [sum(delay // timedelta(minutes=1) == tenth for delay in delays) for tenth in range(10)]
    assert min(tenths) > 60
