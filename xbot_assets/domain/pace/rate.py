"""The adaptive rate: raised a little after a clean window, cut after a bad one, held back when X says so.

Additive increase and multiplicative decrease, as TCP does, because the limit that it feels for is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from xbot_assets.domain.pace.answers import Answer, Outcome
from xbot_assets.domain.pace.hours import HourWeights
from xbot_assets.domain.pace.pacing import Pacing

RAISE_ABOVE_PERCENT = 95
"""A window with a greater share of successes raises the rate. A choice of ours: X publishes no such number."""
LOWER_BELOW_PERCENT = 90
"""A window with a smaller share lowers it; between the two it stays as it is."""

_WAITS = {
    Outcome.RATE_LIMITED: "X limits how often this account may ask.",
    Outcome.DAILY_LIMIT: "X says that the account has reached its daily limit.",
}


@dataclass(frozen=True, slots=True)
class RateState:
    """What is known about one kind of publishing.

    Attributes:
        rate: admissions an hour.
        successes: in the present window.
        failures: in the present window; unconfirmed ones count here.
        paused_until: nothing is admitted before this (product time).
        pause_reason: why, in a sentence.
    """

    rate: float
    successes: int = 0
    failures: int = 0
    paused_until: datetime | None = None
    pause_reason: str = ""


@dataclass(frozen=True, slots=True)
class PaceFacts:
    """What is stored about one kind, at one moment.

    Attributes:
        state: the rate and X's own pauses.
        hours: what each hour of the owner's day weighs.
        recent: when something of it was, or may have been, published: since the owner's midnight and for 24 hours.
        continued: the same of later segments of threads, which count towards the day's limit only.
        promised: segments of begun threads that still wait; their room is kept.
    """

    state: RateState
    hours: HourWeights
    recent: Sequence[datetime] = ()
    continued: Sequence[datetime] = ()
    promised: int = 0


def initial(pacing: Pacing) -> RateState:
    """Return the state before anything was published."""
    return RateState(pacing.bounded(pacing.rate_start))


def observe(state: RateState, answer: Answer, now: datetime, pacing: Pacing) -> RateState:
    """Return the state after one attempt of this kind."""
    held = hold(state, answer, now, pacing)
    if answer.outcome is Outcome.AUTOMATED:
        return held
    won = answer.outcome is Outcome.SUCCESS
    counted = replace(held, successes=held.successes + won, failures=held.failures + (not won))
    return _judged(counted, pacing)


def hold(state: RateState, answer: Answer, now: datetime, pacing: Pacing) -> RateState:
    """Return the state after X said something about the account to any kind of publishing.

    A pause is never made shorter. Suspicion of automation drops the rate to its floor and starts a new window.
    """
    if answer.outcome is Outcome.AUTOMATED:
        return replace(state, rate=pacing.floor, successes=0, failures=0)
    waits = {Outcome.RATE_LIMITED: answer.retry_after, Outcome.DAILY_LIMIT: pacing.limit_pause}
    if answer.outcome not in waits:
        return state
    until = now + waits[answer.outcome]
    if state.paused_until is not None and state.paused_until >= until:
        return state
    return replace(state, paused_until=until, pause_reason=_WAITS[answer.outcome])


def _judged(state: RateState, pacing: Pacing) -> RateState:
    """Judge the window: as bad as soon as it cannot become better, as good only when it is full."""
    seen = state.successes + state.failures
    if 100 * (pacing.window - state.failures) < LOWER_BELOW_PERCENT * pacing.window:
        return _new_window(state, pacing.bounded(state.rate * pacing.lower_to))
    if seen < pacing.window:
        return state
    good = 100 * state.successes > RAISE_ABOVE_PERCENT * seen
    return _new_window(state, pacing.bounded(state.rate + pacing.raise_by * good))


def _new_window(state: RateState, rate: float) -> RateState:
    return replace(state, rate=rate, successes=0, failures=0)
