"""The typed operations between the browser host and everyone else, and their typed answers.

One pydantic model per request and per result; the host and the client both import them, so neither can drift.
"""

import base64
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Base64Encoder, BaseModel, ConfigDict, EncodedBytes, Field
from pydantic_core import PydanticCustomError

from xbot_assets.domain.failures import FailureKind
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.posts.images import ALT_TEXT_MAX, IMAGE_BYTES_MAX, IMAGES_MAX
from xbot_assets.domain.posts.weighted_length import POST_CHARACTERS_MAX

WORDS_BYTES_MAX = 131_072
"""The rest of the longest call: 4,000 characters of text and four alternative texts, escaped at their worst."""
CALL_BYTES_MAX = IMAGES_MAX * 4 * (-(-IMAGE_BYTES_MAX // 3)) + WORDS_BYTES_MAX
"""Size of the longest call in JSON: base64 makes four characters of three bytes."""


class _Message(BaseModel):
    """Messages are immutable and refuse unknown fields: a version mismatch is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Counts(_Message):
    """What a post's ``role=group`` label says. A missing word is 0, except views: missing means not shown."""

    replies: int = Field(0, ge=0)
    reposts: int = Field(0, ge=0)
    likes: int = Field(0, ge=0)
    bookmarks: int = Field(0, ge=0)
    views: int | None = Field(None, ge=0)


class QuotedPost(_Message):
    """The post inside a quote box; its id is not on the page."""

    handle: str | None
    created_at: datetime | None
    text: str | None


class PostReading(_Message):
    """One post as a page showed it.

    ``post_id`` and ``permalink`` are ``None`` only where the page gives none; promoted posts carry their id
    in an analytics link. ``text`` is ``None`` when the post has only media, a card or an article.
    """

    post_id: str | None
    handle: str
    permalink: str | None
    created_at: datetime | None
    text: str | None
    lang: str | None
    counts: Counts
    label: str
    """The group label as written, kept as evidence."""
    quoted: tuple[QuotedPost, ...] = ()
    promoted: bool = False
    focal: bool = False
    pinned: bool = False
    edited: bool = False
    truncated: bool = False
    """The page shows "Show more" for this post's own text."""
    reposted_by: str | None = None
    in_reply_to: str | None = None
    """The post that it answers, in lists where X's own data told; ``None`` is no answer, or not told."""
    viewer_liked: bool = False
    viewer_bookmarked: bool = False
    photos: int = 0
    videos: int = 0
    card: bool = False
    article: bool = False


class _StrictBase64(Base64Encoder):
    """Base64 that refuses other characters instead of dropping them: a file handed over as it is would be garbled."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except ValueError as error:
            raise PydanticCustomError("base64_decode", "the image is not base64") from error


def _fitting(data: bytes) -> bytes:
    if not 0 < len(data) <= IMAGE_BYTES_MAX:
        msg = f"an image has 1 to {IMAGE_BYTES_MAX} bytes, this one has {len(data)}"
        raise ValueError(msg)
    return data


ImageBytes = Annotated[bytes, EncodedBytes(encoder=_StrictBase64), AfterValidator(_fitting)]
"""The bytes of an image. It is given as base64, in Python too; the size counts the bytes, not the characters."""


class Image(_Message):
    """One image of a post, whole: the host may run on another machine than whoever asks.

    ``data`` is base64 in JSON. X takes images of at most 5 MB and alternative texts of at most 1,000 characters.
    """

    file_name: str = Field(pattern=r"^[\w.-]{1,100}$")
    mime_type: Literal["image/png", "image/jpeg", "image/webp", "image/gif"]
    data: ImageBytes
    alt_text: str = Field("", max_length=ALT_TEXT_MAX)


class Publish(_Message):
    """Publish one post, or one reply when ``in_reply_to`` names a post. One click, one attempt.

    Its images go in before the text, in order. ``submit=False`` is shadow mode: everything but the click.
    """

    kind: Literal["publish"] = "publish"
    text: str = Field(min_length=1, max_length=POST_CHARACTERS_MAX)
    images: tuple[Image, ...] = Field(default=(), max_length=IMAGES_MAX)
    in_reply_to: str | None = Field(None, pattern=r"^\d+$")
    submit: bool = True


class Published(_Message):
    """The witness: the id X itself returned, or ``None`` in shadow mode."""

    post_id: str | None
    permalink: str | None
    typed_text: str
    """The editor's content read back before the click."""


class ReadPosts(_Message):
    """Read many posts by id, each on its own status page, within one slot."""

    kind: Literal["read_posts"] = "read_posts"
    post_ids: tuple[Annotated[str, Field(pattern=r"^\d+$")], ...] = Field(min_length=1, max_length=100)
    handle: str


class MissedPost(_Message):
    """A post that was asked for and not read, and why: ``gone`` is X's own answer, ``unread`` is ours."""

    post_id: str
    why: Literal["gone", "unread"]
    reason: str


class PostsRead(_Message):
    """What was read and what was not; together they are what was asked for."""

    posts: tuple[PostReading, ...]
    missed: tuple[MissedPost, ...] = ()


class ReadProfile(_Message):
    """Read one account's public numbers."""

    kind: Literal["read_profile"] = "read_profile"
    handle: str


class ProfileRead(_Message):
    """An account as X's own data gives it (exact), or as the page shows it (``exact`` is then false).

    ``created_at`` is when the account was made; a page tells only the month, of which it is then the last moment.
    ``labelled_automated`` is whether it carries X's label of automated accounts. Both are ``None`` when not told.
    """

    handle: str
    name: str
    followers: int = Field(ge=0)
    following: int = Field(ge=0)
    posts: int = Field(ge=0)
    bio: str
    exact: bool
    created_at: AwareDatetime | None = None
    labelled_automated: bool | None = None


class Search(_Message):
    """Read search results, newest first when ``latest``. Promoted posts are marked, not dropped."""

    kind: Literal["search"] = "search"
    query: str = Field(min_length=1, max_length=500)
    latest: bool = True
    limit: int = Field(20, ge=1, le=200)


class ReadOwnTimeline(_Message):
    """Read the account's own newest posts, replies included when ``with_replies``."""

    kind: Literal["read_own_timeline"] = "read_own_timeline"
    limit: int = Field(20, ge=1, le=200)
    with_replies: bool = True


class TimelineRead(_Message):
    """Posts in page order; ``complete`` when the list ended before ``limit``."""

    posts: tuple[PostReading, ...]
    complete: bool


class CheckSession(_Message):
    """Ask whether the stored session is still logged in."""

    kind: Literal["check_session"] = "check_session"


class SessionChecked(_Message):
    """``state`` says which page X showed; ``handle`` is the account when logged in."""

    state: Literal["logged_in", "logged_out", "locked", "suspended"]
    handle: str | None


Operation = Annotated[
    Publish | ReadPosts | ReadProfile | Search | ReadOwnTimeline | CheckSession, Field(discriminator="kind")
]
OperationResult = Published | PostsRead | ProfileRead | TimelineRead | SessionChecked

RESULT_OF: dict[str, type[BaseModel]] = {
    "publish": Published,
    "read_posts": PostsRead,
    "read_profile": ProfileRead,
    "search": TimelineRead,
    "read_own_timeline": TimelineRead,
    "check_session": SessionChecked,
}
"""Which result answers which request kind."""


class OperationCall(_Message):
    """What travels to ``POST /operations``. The deadline counts from the host's receipt.

    ``operation_id`` is the caller's name for it, unique among those under way; ``POST /operations/<id>/preempt``
    takes it. Without one the host chooses.
    """

    operation: Operation
    lane: Lane
    deadline_seconds: float = Field(gt=0, le=600)
    operation_id: str | None = Field(None, pattern=r"^[\w.-]{1,100}$")


class OperationFailure(_Message):
    """A failed operation: the fields of :class:`xbot_assets.domain.failures.ProductError`."""

    kind: FailureKind
    code: str
    reason: str
    remedy: str = ""
    retry_after_seconds: float | None = None


class OperationAnswer(_Message):
    """What the host answers: times and slot always, then exactly one of ``result`` and ``failure``.

    ``result`` is the JSON of the model named by :data:`RESULT_OF`. A refusal for lack of slots has
    ``failure.code == "no_slot"`` and no ``slot``.
    """

    slot: int | None
    started_at: AwareDatetime
    ended_at: AwareDatetime
    result: dict[str, object] | None = None
    failure: OperationFailure | None = None
