"""What the rules may know of a post, the queue and the account at one moment, and what the owner allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.pace.pacing import PaceKind, PaceRules, Pacing
from xbot_assets.domain.pace.rate import PaceFacts
from xbot_assets.domain.policy.facts import PolicyFacts, PolicyLimits


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """The post's place in the queue, and what is the same for every post.

    Attributes:
        due: whether the post waits and its time has come.
        due_at: when its time comes; ``None`` for a post that does not wait.
        meant_at: the time that it was first meant for; failures that passed by themselves may have put it off since.
        hold: why all publishing is on hold.
        in_hand: who has a post in hand.
        last_activity: when any post was last submitted, or may have been.
        breaker: why the breaker lets nothing through.
        segment: the post's place in its thread, from 0; ``None`` for a single post.
        size: how many posts go out with it: the segments of the thread that it begins.
        follows: whether the segment before it is there, on X or recorded in shadow mode.
        before_at: when that segment was submitted.
    """

    due: bool = True
    due_at: datetime | None = None
    meant_at: datetime | None = None
    hold: str | None = None
    in_hand: str | None = None
    last_activity: datetime | None = None
    breaker: str | None = None
    segment: int | None = None
    size: int = 1
    follows: bool = True
    before_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AdmissionFacts:
    """Everything that is asked about one post."""

    queue: QueueFacts
    pace: PaceFacts
    policy: PolicyFacts

    @property
    def now(self) -> datetime:
        """The product's time."""
        return self.policy.now

    @property
    def continues(self) -> bool:
        """Whether the post goes on with a thread that was begun."""
        return self.policy.continues

    @property
    def kind(self) -> PaceKind:
        """What the post counts as."""
        return PaceKind.of(is_reply=self.policy.is_reply)


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """What the owner allows.

    Attributes:
        pace: the limits and the rate of each kind.
        policy: the limits of the policy rules.
        spacing: least time between two posts.
        segment_spacing: least time between two segments of a thread, which wait for no other spacing.
        late_after: a post that was meant for longer ago than this is a person's; ``None``: none is too late.
        shadow: whether a segment that shadow mode recorded lets the next one be recorded.
        handle: the account.
        labelled_automated: the owner's word for the account's label, where X's pages do not tell.
        account_created_at: and for its age.
    """

    pace: PaceRules
    policy: PolicyLimits
    spacing: timedelta
    segment_spacing: timedelta
    late_after: timedelta | None = None
    shadow: bool = False
    handle: str = ""
    labelled_automated: bool | None = None
    account_created_at: datetime | None = None

    def pacing(self, kind: PaceKind) -> Pacing:
        """Return the bounds of one kind."""
        return self.pace.pacing[kind]
