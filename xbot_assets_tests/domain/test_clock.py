"""The product's clock maps real time onto a line that never runs backwards."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.clock import ClockLine
from xbot_assets.testing.manual_clock import ManualClock

REAL = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = ClockLine(REAL, REAL)


def test_a_rate_of_sixty_makes_a_minute_an_hour() -> None:
    """Accelerated time is what the sandbox runs on."""
    fast = START.at_rate(REAL, 60)
    assert fast.at(REAL + timedelta(minutes=1)) == REAL + timedelta(hours=1)


def test_changing_the_rate_does_not_jump() -> None:
    """Only a move may jump."""
    later = REAL + timedelta(seconds=90)
    fast = START.at_rate(REAL, 60)
    assert fast.at_rate(later, 1).at(later) == fast.at(later)


@given(st.lists(st.tuples(st.integers(0, 86400), st.floats(0.5, 3600)), max_size=20))
def test_time_never_runs_backwards(changes: list[tuple[int, float]]) -> None:
    """Whatever is moved, whenever: later is never earlier."""
    line, real, last = START, REAL, REAL
    for seconds, rate in changes:
        real += timedelta(seconds=seconds)
        line = line.at_rate(real, rate).moved(real, timedelta(seconds=seconds))
        assert line.at(real) >= last
        last = line.at(real)


@pytest.mark.parametrize("rate", [0, -1])
def test_a_clock_that_stops_or_reverses_is_refused(rate: float) -> None:
    """A stopped clock would leave every post waiting for ever."""
    with pytest.raises(ValueError, match="rate"):
        ClockLine(REAL, REAL, rate)


def test_naive_times_are_refused() -> None:
    """A time without a zone is a guess."""
    with pytest.raises(ValueError, match="aware"):
        ClockLine(datetime(2026, 3, 1), REAL)  # noqa: DTZ001 - that is the point


def test_a_manual_clock_moves_only_when_told() -> None:
    """Tests own their time."""
    clock = ManualClock(REAL)
    clock.advance(timedelta(hours=2))
    assert clock.now() == REAL + timedelta(hours=2)
