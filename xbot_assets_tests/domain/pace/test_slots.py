"""Where new posts fit between those that wait already."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.pace.slots import free_slots

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def test_a_post_that_waits_for_next_week_does_not_silence_the_days_before_it() -> None:
    """The plan goes on now, not after the post that was put off."""
    assert free_slots(NOON, 2, HOUR, [NOON + timedelta(days=7)]) == [NOON, NOON + HOUR]


def test_posts_follow_those_that_wait_already() -> None:
    """Nothing is planned closer than the spacing, before or after."""
    assert free_slots(NOON, 2, HOUR, [NOON - 10 * MINUTE, NOON + 75 * MINUTE]) == [
        NOON + 135 * MINUTE,
        NOON + 195 * MINUTE,
    ]


@given(st.lists(st.integers(-300, 1000)), st.integers(1, 5))
def test_new_posts_keep_their_distance_and_come_as_early_as_they_can(minutes: list[int], count: int) -> None:
    """From each other and from all that wait; and no earlier minute would have done."""
    taken = [NOON + minute * MINUTE for minute in minutes]
    slots = free_slots(NOON, count, HOUR, taken)
    assert len(slots) == count
    assert all(after - before >= HOUR for before, after in pairwise(slots))
    assert all(abs(at - time) >= HOUR for at in slots for time in taken)
    earlier = range(int((slots[0] - NOON) / MINUTE))
    assert all(any(abs(NOON + n * MINUTE - time) < HOUR for time in taken) for n in earlier)
