"""What a rule says of a post that may not go now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RuleName(StrEnum):
    """The name by which a rule is stored, shown and compared."""

    PUBLISHING_HOLD = "publishing_hold"
    DUE = "due"
    ONE_IN_HAND = "one_in_hand"
    THREAD_ORDER = "thread_order"
    SPACING = "spacing"
    X_PAUSE = "x_pause"
    HOURLY_LIMIT = "hourly_limit"
    RATE = "rate"
    DAILY_CAP = "daily_cap"
    BREAKER = "breaker"
    UNANSWERABLE = "unanswerable"
    THREAD_CAP = "thread_cap"
    ENGAGED_ONLY = "engaged_only"
    LATE = "late"
    APPROVAL = "approval"
    AUTOMATED_LABEL = "automated_label"
    ACCOUNT_AGE = "account_age"
    QUIET_HOURS = "quiet_hours"
    AUTHOR_CAP = "author_cap"


class Consequence(StrEnum):
    """What becomes of a post that a rule refuses."""

    WAIT = "wait"
    """It stays in the queue and is looked at again."""
    HOLD = "hold"
    """It waits for a person."""
    REJECT = "reject"
    """It will not be published: waiting would not change the answer."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a post may not go now.

    Attributes:
        rule: the first rule that objects.
        sentence: why, for people.
        consequence: what becomes of the post.
        until: when this rule objects no more (another may); ``None``: nobody can tell.
        remedy: not empty when the whole account stands still and its owner must be told.
    """

    rule: RuleName
    sentence: str
    consequence: Consequence = Consequence.WAIT
    until: datetime | None = None
    remedy: str = ""

    @property
    def moves(self) -> bool:
        """Whether the post leaves the queue by it, so that there is something to do."""
        return self.consequence is not Consequence.WAIT

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence
