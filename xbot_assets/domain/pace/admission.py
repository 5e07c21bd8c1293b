"""Whether one more may be published now, and if not, from when: limits, pauses and the rate in one pure decision."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from xbot_assets.domain.pace.hours import HourWeights
from xbot_assets.domain.pace.pacing import DAY, HOUR, Pacing
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


def wait_at(  # noqa: PLR0913 - what is known, and what is asked
    state: RateState,
    recent: Sequence[datetime],
    now: datetime,
    pacing: Pacing,
    hours: HourWeights,
    *,
    continued: Sequence[datetime] = (),
    size: int = 1,
) -> Wait | None:
    """Return why nothing may be published at ``now``, or ``None`` when one may.

    A record that is dated after ``now`` (the clock went back) counts as any other: the wait is longer, never shorter.

    Args:
        state: the rate and X's own pauses.
        recent: when something was, or may have been, published: the last 24 hours at least.
        now: the product's time.
        pacing: the bounds.
        hours: what each hour of the owner's day weighs.
        continued: when later segments of threads were, or may be, published; they count towards the day's limit only.
        size: how many posts go out at once; they must all fit under the day's limit.
    """
    times = sorted(recent)
    limited = _limited(times, now, pacing, continued, size)
    fixed = max((paused(state, now), *limited), key=lambda wait: wait.until)
    free = _rate_allows(state, times, fixed.until, pacing, hours)
    if free <= now:
        return None
    if free == fixed.until:
        return fixed
    rate = effective_rate(state, fixed.until, pacing, hours)
    return Wait(free, f"The present rate is {rate:.2f} an hour; the next may go at {_clock(free)}.")


def paused(state: RateState, now: datetime) -> Wait:
    """Return X's own pause; its end is ``now`` when there is none."""
    until = max(now, state.paused_until or now)
    return Wait(until, f"{state.pause_reason} Nothing is published before {_clock(until)}.")


def _limited(
    times: Sequence[datetime], now: datetime, pacing: Pacing, continued: Sequence[datetime], size: int
) -> Iterator[Wait]:
    every = sorted((*times, *continued))
    limits = ((times, pacing.per_hour, 1, HOUR, "60 minutes"), (every, pacing.per_day, size, DAY, "24 hours"))
    for counted, most, wanted, span, words in limits:
        # The newest that must be out of the span before all that is wanted fits.
        room = max(1, most - wanted + 1)
        until = counted[-room] + span if len(counted) >= room else now
        yield Wait(max(now, until), f"The limit is {most} in {words}; the next may go at {_clock(until)}.")


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
