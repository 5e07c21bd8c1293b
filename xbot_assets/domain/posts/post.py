"""What a post is before and while it is published, and the fingerprint that recognises it on X."""

import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from xbot_assets.domain.identifiers import HANDLE, Handle, PostId
from xbot_assets.domain.posts.images import IMAGES_MAX, PostImage

_LINK = re.compile(r"https?://\S+")
_BARE_LINK = re.compile(r"\b(?:[\w-]+\.)+[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE)
_LEADING_NAMES = re.compile(rf"^\s*(?:@{HANDLE.pattern}\s+)+")
_NOT_WORD = re.compile(r"[\W_]+")


class PostStatus(StrEnum):
    """The states of a post; the schema's check constraint holds the same words."""

    QUEUED = "queued"
    HELD = "held"
    """Waits for a person's decision."""
    CLAIMED = "claimed"
    ARMED = "armed"
    PUBLISHED = "published"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    REJECTED = "rejected"
    """A person, or a rule that time cannot satisfy, decided against it."""
    SHADOWED = "shadowed"
    EMERGENCY_POOL = "emergency_pool"
    """Approved and kept for the day when nothing can be written."""
    RETIRED = "retired"
    """Was in the pool for too long; kept to be read, never published."""


class NewPost(BaseModel):
    """A post to queue, with the evidence learning needs later.

    ``propensity`` is the probability with which the bandit chose this arm when it chose it; without it the
    post cannot be used to judge another policy. ``arm_chances`` holds, by topic and format, the chances of all arms
    that were open then; ``tested_version_id`` is the version in test that had a share in them. ``text_propensity`` is
    the probability with which this text was taken of its slot's ``text_candidates``. A reply names the post
    that it answers and that post's author.
    """

    model_config = ConfigDict(frozen=True)

    text: str = Field(min_length=1)
    topic: str
    format: str
    features: dict[str, float] = Field(default_factory=dict)
    source: str = "llm"
    bandit_version_id: int | None = None
    tested_version_id: int | None = None
    predictor_version_id: int | None = None
    propensity: float | None = Field(None, gt=0, le=1)
    arm_chances: dict[str, dict[str, float]] | None = None
    predicted_reward: float | None = None
    text_candidates: int | None = Field(None, gt=1)
    text_propensity: float | None = Field(None, gt=0, le=1)
    llm_call_id: int | None = None
    scheduled_at: AwareDatetime
    reply_to_x_id: PostId | None = None
    reply_to_handle: Handle | None = None
    images: tuple[PostImage, ...] = Field((), max_length=IMAGES_MAX)


@dataclass(frozen=True, slots=True)
class ClaimedPost:
    """A post held by one worker under a fencing token: only that token may change it.

    ``answers_x_id`` is the post on X that it is published below: the one that a reply answers, or the segment before it
    in its thread. Only a post with ``reply_to_x_id`` is a reply in the sense of the pace and the rules.
    """

    id: int
    text: str
    fencing_token: int
    scheduled_at: datetime
    lease_until: datetime
    reply_to_x_id: str | None = None
    answers_x_id: str | None = None
    thread_id: int | None = None
    segment: int | None = None
    segments: int = 0
    """How many the thread has; 0 for a single post."""


def normalised(text: str) -> str:
    """Reduce a text to what X cannot change: no links, emoji, punctuation, case, width or white space.

    X wraps links in t.co, swaps emoji for images, collapses white space and may cut the end.
    """
    flat = unicodedata.normalize("NFKC", _LINK.sub(" ", text)).casefold()
    return _NOT_WORD.sub(" ", flat).strip()


def fingerprint(text: str) -> str:
    """Return the SHA-256 of the normalised text, or of the raw text when nothing is left of it."""
    return hashlib.sha256((normalised(text) or text).encode()).hexdigest()


def comparable(text: str) -> str:
    """Reduce a text to what can be compared with what a page shows of it.

    Beyond :func:`normalised`: entities are resolved; an address written without ``https://`` counts as the link that X
    makes of it; names at the beginning of a reply are not shown as part of it.
    """
    bare = _LEADING_NAMES.sub("", _BARE_LINK.sub(" ", _LINK.sub(" ", html.unescape(text))))
    return normalised(bare)


def same_post(written: str, shown: str, *, truncated: bool = False) -> bool:
    """Say whether ``shown`` on a page is the post we wrote as ``written``.

    When the page cut the text (``truncated``), what it shows must be a beginning of what we wrote; its last word may
    be cut too.
    """
    ours, theirs = comparable(written), comparable(shown)
    if not ours or not theirs:
        return written.strip() == shown.strip()
    if not truncated:
        return ours == theirs
    return ours.startswith(theirs.rpartition(" ")[0] or theirs)
