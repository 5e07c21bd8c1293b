"""What is read of posts, each type with exactly the columns of its statement."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ExpiredLease:
    """A post taken from a worker that did not finish in time, or is dead."""

    id: int
    from_status: str
    to_status: str
    claimed_by: str | None


@dataclass(frozen=True, slots=True)
class PostedByHand:
    """A reply that a person posted on X: what it says, what it answers, and where and since when it is there."""

    text: str
    reply_to: str
    reply_to_handle: str
    x_post_id: str
    permalink: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class UnconfirmedPost:
    """A post that may be on X.

    ``answers_x_id`` is the post of X that it would stand below. ``intended_at`` is when it was first meant to be
    submitted, in whichever attempt.
    """

    id: int
    text: str
    fingerprint: str
    armed_at: datetime
    looks: int
    looked_at: datetime | None
    fencing_token: int
    reply_to_x_id: str | None
    failure_code: str | None
    requeues: int
    first_absent_at: datetime | None
    answers_x_id: str | None
    intended_at: datetime


@dataclass(frozen=True, slots=True)
class RecentPost:
    """A post in any state, with its latest reading, as the status pages show it."""

    id: int
    status: str
    text: str
    topic: str
    format: str
    source: str
    scheduled_at: datetime
    planned_at: datetime
    armed_at: datetime | None
    published_at: datetime | None
    removed_at: datetime | None
    x_post_id: str | None
    permalink: str | None
    propensity: float | None
    predicted_reward: float | None
    looks: int
    failure_kind: str | None
    failure_code: str | None
    failure_reason: str | None
    read_at: datetime | None
    replies: int | None
    reposts: int | None
    likes: int | None
    bookmarks: int | None
    views: int | None
    thread_id: int | None
    segment: int | None
    segments: int
    reply_to_handle: str | None


@dataclass(frozen=True, slots=True)
class PostEvent:
    """One change of a post; ``actor`` and ``decision`` only when a person made it."""

    from_status: str | None
    to_status: str
    fencing_token: int
    happened_at: datetime
    note: str
    actor: str | None
    decision: str | None


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that waits for a person, and why."""

    id: int
    status: str
    text: str
    fingerprint: str
    topic: str
    format: str
    source: str
    scheduled_at: datetime
    planned_at: datetime
    reply_to_x_id: str | None
    reply_to_handle: str | None
    predicted_reward: float | None
    held_because: str | None
    thread_id: int | None
    segment: int | None
    segments: int
    images: int


@dataclass(frozen=True, slots=True)
class ReviewedPost:
    """A post in any state, as a person reads it before deciding."""

    id: int
    status: str
    text: str
    fingerprint: str
    topic: str
    format: str
    source: str
    scheduled_at: datetime
    planned_at: datetime
    reply_to_x_id: str | None
    reply_to_handle: str | None
    predicted_reward: float | None
    approved_by: str | None
    approved_at: datetime | None
    failure_reason: str | None
    thread_id: int | None
    segment: int | None
    segments: int
    images: int


@dataclass(frozen=True, slots=True)
class LockedPost:
    """A post whose row the transaction holds while a person's decision about it is made; ``segment`` of its thread."""

    id: int
    status: str
    text: str
    fingerprint: str
    topic: str
    format: str
    features: dict[str, float]
    scheduled_at: datetime
    segment: int | None


@dataclass(frozen=True, slots=True)
class LockedSegment(LockedPost):
    """A locked post with the thread that it is part of, if it is part of one."""

    thread_id: int | None


@dataclass(frozen=True, slots=True)
class PastDecision:
    """What a person decided, with the post as it is now."""

    post_id: int
    decision: str
    actor: str
    happened_at: datetime
    note: str
    text_before: str | None
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class LastDecision:
    """The newest decision about one post."""

    decision: str
    actor: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class DueLook:
    """An unconfirmed post whose next look is due, and when it was last looked for."""

    id: int
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostToVerify:
    """A published post that X should show; ``answers`` when it stands below another one, also in a thread."""

    id: int
    x_post_id: str
    published_at: datetime
    answers: bool
    missing_since: datetime | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MissingPost:
    """A published post that two looks surely did not find: it is removed."""

    id: int
    text: str
    x_post_id: str
    permalink: str | None
    reply_to_x_id: str | None


@dataclass(frozen=True, slots=True)
class RemovedPost:
    """A post that X took back and nobody has acknowledged."""

    id: int
    text: str
    x_post_id: str
    permalink: str | None
    published_at: datetime
    missing_since: datetime | None
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class PostText:
    """What recognises a post on X, and its state."""

    id: int
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A post that X shows and no row knows; ``resembles_post_id`` is the row that reads the same."""

    x_post_id: str
    text: str
    permalink: str
    created_at: datetime | None
    resembles_post_id: int | None


@dataclass(frozen=True, slots=True)
class PhantomPost:
    """A post that X shows, no row knows and nobody has acknowledged, with the row that it resembles."""

    x_post_id: str
    text: str
    permalink: str
    created_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    resembles_post_id: int | None
    resembles_status: str | None
