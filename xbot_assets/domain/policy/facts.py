"""What the rules may know, what the owner set, and what a rule says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from xbot_assets.domain.policy.quiet import QuietHours


class ApprovalMode(StrEnum):
    """Which posts a person must approve before they are published."""

    OFF = "off"
    REPLIES = "replies"
    ALL = "all"

    def concerns(self, *, is_reply: bool) -> bool:
        """Say whether such a post needs approval."""
        return self is ApprovalMode.ALL or (self is ApprovalMode.REPLIES and is_reply)


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """One post at one moment, as the transaction that holds its row sees it.

    Attributes:
        now: the product's time.
        author: whom the post answers; ``None`` when it answers nobody.
        approved: whether a person approved this very text.
        replies_to_author: when the author was, or may have been, answered in the last 24 hours, oldest first.
        author_engaged_at: when the author last did something with the account or its posts, as far as was seen.
        labelled_automated: whether the account carries X's label of automated accounts; ``None``: unknown.
        account_created_at: when the account was made; ``None``: unknown.
        continues: whether the post goes on with a thread that was begun.
        unanswerable: why the author is never answered: ``stop``, ``bot`` or ``owner``.
        replies_in_thread: our replies in the same conversation on X, as far as that is known.
        author_automated: whether X labels the author as automated.
    """

    now: datetime
    author: str | None = None
    approved: bool = False
    replies_to_author: tuple[datetime, ...] = ()
    author_engaged_at: datetime | None = None
    labelled_automated: bool | None = None
    account_created_at: datetime | None = None
    continues: bool = False
    unanswerable: str | None = None
    replies_in_thread: int = 0
    author_automated: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether the post answers somebody."""
        return self.author is not None


@dataclass(frozen=True, slots=True)
class PolicyLimits:
    """What the owner allows; each is a setting of the same meaning (``settings/approval.py``).

    Attributes:
        approval: which posts a person must approve.
        replies_per_author: most replies to one author in 24 hours.
        replies_per_thread: most replies in one conversation on X.
        automated_turns: most of them where the other account is automated.
        engaged_only: whether only authors who engaged with the account are answered.
        engaged_within: an engagement counts for so long.
        label_needed: whether the account must carry X's label of automated accounts.
        account_age: the account must be at least so old.
        quiet: when nothing is published.
        zone: where the owner lives.
    """

    approval: ApprovalMode = ApprovalMode.OFF
    replies_per_author: int = 2
    replies_per_thread: int = 3
    automated_turns: int = 1
    engaged_only: bool = True
    engaged_within: timedelta = timedelta(days=7)
    label_needed: bool = False
    account_age: timedelta = timedelta(0)
    quiet: QuietHours | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a rule objects, and when it will not any more; ``None``: nobody can tell.

    With a remedy it is the account that stands still, not one post that waits, and its owner must be told.
    """

    reason: str
    until: datetime | None = None
    remedy: str = ""


def clock(time: datetime) -> str:
    """Return a time as a reason shows it."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
