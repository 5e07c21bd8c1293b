"""What one attempt to publish says about the pace."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, ProductError


class Outcome(StrEnum):
    """What X's answer to one attempt means for the pace."""

    SUCCESS = "success"
    """X named the new post."""
    FAILURE = "failure"
    """X was asked and refused."""
    UNCONFIRMED = "unconfirmed"
    """It may be on X. What is unconfirmed never raises the rate."""
    RATE_LIMITED = "rate_limited"
    """HTTP 429: nothing until the time that X named."""
    DAILY_LIMIT = "daily_limit"
    """Error 344: X's own limit of a day is reached."""
    AUTOMATED = "automated"
    """Error 226: X finds the account too automatic."""
    REMOVED = "removed"
    """X took back a post that it had accepted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One outcome, with the wait that X asked for, if it did."""

    outcome: Outcome
    retry_after: timedelta = timedelta(0)


PUBLISHED = Answer(Outcome.SUCCESS)
TAKEN_BACK = Answer(Outcome.REMOVED)

_BY_CODE = {
    FailureCode.RATE_LIMITED: Outcome.RATE_LIMITED,
    FailureCode.DAILY_LIMIT: Outcome.DAILY_LIMIT,
    FailureCode.LOOKS_AUTOMATED: Outcome.AUTOMATED,
    FailureCode.REFUSED: Outcome.FAILURE,
    FailureCode.REQUEST_REFUSED: Outcome.FAILURE,
}


def answer_of(failure: ProductError) -> Answer | None:
    """Return what a failed attempt says about the pace; ``None`` when it says nothing.

    A browser without a free slot, a text that is too long or a session that ended are no reason to post less often.
    Neither is an X that is down: the breaker waits for that to pass, and a rate that sank meanwhile would hold posts
    back for days afterwards (``benchmarks/week.py``).
    """
    outcome = Outcome.UNCONFIRMED if failure.kind is FailureKind.UNKNOWN else _BY_CODE.get(failure.code)
    if outcome is None:
        return None
    return Answer(outcome, timedelta(seconds=max(failure.retry_after_seconds or 0.0, 0.0)))
