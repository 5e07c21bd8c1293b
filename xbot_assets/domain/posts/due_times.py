"""On which times a person may put a post."""

from datetime import datetime, timedelta

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

FARTHEST = timedelta(days=365)
"""A post put off for longer is a slip of the hand in the year."""


def refuse_time(at: datetime, now: datetime) -> None:
    """Refuse a time that no post can be put on. Raises ``bad_time``."""
    if not now <= at <= now + FARTHEST:
        raise PermanentFailure(
            f"A post cannot be put on {at:%Y-%m-%d %H:%M} UTC: now it is {now:%Y-%m-%d %H:%M} UTC.",
            code=FailureCode.BAD_TIME,
            remedy=f"Choose a time within the next {FARTHEST.days} days.",
        )
