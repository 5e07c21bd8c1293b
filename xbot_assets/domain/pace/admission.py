"""What the rules of the pace say, one by one: X's pauses, the limits and the rate, each with when it objects no more.

Their order, with all other rules, is in ``domain/admission/rules.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from xbot_assets.domain.owner_day import budget_day
from xbot_assets.domain.pace.hours import HourWeights
from xbot_assets.domain.pace.pacing import HOUR, Pacing
from xbot_assets.domain.pace.rate import RateState

_STEP_MINUTES = 15
"""Every zone's hours begin on a quarter of an hour of UTC, so an hour's weight holds until the next one at least."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now. ``until`` is when to ask again: earlier is useless, and at that time something else may have come."""

    until: datetime
    reason: str


def effective_rate(state: RateState, at: datetime, pacing: Pacing, hours: HourWeights) -> float:
    """Return the admissions an hour that are allowed at a time: the rate, weighed by the hour, in its bounds."""
    return pacing.bounded(pacing.bounded(state.rate) * pacing.hour_weights.bounded(hours.at(at)))


def x_pause(state: RateState, now: datetime) -> Wait | None:
    """Return X's own pause, if one is on."""
    until = state.paused_until
    if until is None or until <= now:
        return None
    return Wait(until, f"{state.pause_reason} Nothing is published before {_clock(until)}.")


def hourly_limit(recent: Sequence[datetime], now: datetime, pacing: Pacing) -> Wait | None:
    """Return until when the limit of any 60 minutes is reached, if it is."""
    times = sorted(recent)
    if len(times) < pacing.per_hour:
        return None
    until = times[-pacing.per_hour] + HOUR
    if until <= now:
        return None
    return Wait(until, f"The limit is {pacing.per_hour} in 60 minutes; the next may go at {_clock(until)}.")


def daily_cap(
    submitted: Sequence[datetime], now: datetime, pacing: Pacing, zone: ZoneInfo, *, size: int = 1, promised: int = 0
) -> Wait | None:
    """Return until when the limit of the owner's calendar day is reached, if it is.

    Args:
        submitted: when something was, or may have been, published, segments of threads included.
        now: the product's time.
        pacing: the bounds.
        zone: where the owner lives.
        size: how many posts go out at once; they must all fit.
        promised: posts whose room on the day is kept for others.
    """
    day = budget_day(now, zone)
    used = promised + _since(submitted, day.starts)
    if used + size <= pacing.per_day:
        return None
    until = day.ends
    # What is dated on a later day (the clock went back) may fill that one too.
    while (later := _since(submitted, until)) and later + promised + size > pacing.per_day:
        until = budget_day(until, zone).ends
    needs = f"; a thread of {size} begins when all of it fits" if size > 1 else ""
    return Wait(until, f"{used} of the {pacing.per_day} of the owner's day are used{needs}.")


def rate_limit(
    state: RateState, recent: Sequence[datetime], now: datetime, pacing: Pacing, hours: HourWeights
) -> Wait | None:
    """Return until when the adaptive rate allows no more, if it does not now."""
    free = _rate_allows(state, sorted(recent), now, pacing, hours)
    if free <= now:
        return None
    rate = effective_rate(state, now, pacing, hours)
    return Wait(free, f"The present rate is {rate:.2f} an hour; the next may go at {_clock(free)}.")


def _since(submitted: Sequence[datetime], start: datetime) -> int:
    return sum(time >= start for time in submitted)


def _rate_allows(
    state: RateState, times: Sequence[datetime], start: datetime, pacing: Pacing, hours: HourWeights
) -> datetime:
    """Return the first time from ``start`` on at which the rate of that hour allows one more."""
    while True:
        gap = HOUR / effective_rate(state, start, pacing, hours)
        free = _next_even(times, gap, pacing.tolerance)
        end = _next_step(start)
        if free is None or free <= start:
            return start
        if free < end:
            return free
        start = end


def _next_even(times: Sequence[datetime], gap: timedelta, tolerance: timedelta) -> datetime | None:
    """Return when the next admission conforms to one a ``gap``: the generic cell rate algorithm (ITU-T I.371).

    An admission may come early by ``tolerance``, and what it came early is owed by the next, so the average keeps to
    the rate. A debt from a time when the gap was another is cut to the tolerance.
    """
    even: datetime | None = None
    for time in times:
        even = min(max(even or time, time), time + tolerance) + gap
    return None if even is None else even - tolerance


def _next_step(time: datetime) -> datetime:
    step = timedelta(minutes=_STEP_MINUTES)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((time - epoch) // step + 1) * step


def _clock(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
