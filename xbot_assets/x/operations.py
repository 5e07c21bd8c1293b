"""The operations that the product asks of X, each of which names the type of its answer."""

import base64
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, Base64Encoder, EncodedBytes, Field, model_validator
from pydantic_core import PydanticCustomError

from xbot_assets.domain.identifiers import Handle, PostId
from xbot_assets.domain.posts.images import ALT_TEXT_MAX, FILE_NAME, GIF_BYTES_MAX, IMAGES_MAX, bytes_max
from xbot_assets.domain.posts.weighted_length import POST_CHARACTERS_MAX
from xbot_assets.x.answers import (
    Message,
    NotificationsRead,
    OwnTimelineRead,
    PostsRead,
    ProfileRead,
    Published,
    SessionChecked,
    TimelineRead,
    TrendsRead,
)

AnswerT = TypeVar("AnswerT", bound=Message)


class Operation(Message, Generic[AnswerT]):
    """One thing that the product asks of X, answered with an ``AnswerT``."""

    kind: str
    """Its name, in records and on the wire."""

    @classmethod
    def answer_type(cls) -> type[AnswerT]:
        """Return the type of its answer, as the operation's class statement names it."""
        named = (base.__pydantic_generic_metadata__["args"] for base in cls.__mro__ if issubclass(base, Operation))
        answer: type[AnswerT] = next(arguments[0] for arguments in named if arguments)
        return answer


class _StrictBase64(Base64Encoder):
    """Base64 that refuses other characters instead of dropping them: a file handed over as it is would be garbled."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except ValueError as error:
            raise PydanticCustomError("base64_decode", "the image is not base64") from error


def _fitting(data: bytes) -> bytes:
    if not 0 < len(data) <= GIF_BYTES_MAX:
        msg = f"an image has 1 to {GIF_BYTES_MAX} bytes, this one has {len(data)}"
        raise ValueError(msg)
    return data


ImageBytes = Annotated[bytes, EncodedBytes(encoder=_StrictBase64), AfterValidator(_fitting)]
"""The bytes of an image. It is given as base64, in Python too; the size counts the bytes, not the characters."""


class Image(Message):
    """One image of a post, whole: the host may run on another machine than whoever asks.

    ``data`` is base64 in JSON. X takes images of at most 5 MB, GIFs of 15 MB, and alternative texts of at most
    1,000 characters.
    """

    file_name: str = Field(pattern=rf"^{FILE_NAME}$")
    mime_type: Literal["image/png", "image/jpeg", "image/webp", "image/gif"]
    data: ImageBytes
    alt_text: str = Field("", max_length=ALT_TEXT_MAX)

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        if len(self.data) > bytes_max(self.mime_type):
            msg = f"an image of {self.mime_type} has at most {bytes_max(self.mime_type)} bytes, not {len(self.data)}"
            raise ValueError(msg)
        return self


class Publish(Operation[Published]):
    """Publish one post, or one reply when ``in_reply_to`` names a post. One click, one attempt.

    Its images go in before the text, in order. ``submit=False`` is shadow mode: everything but the click.
    """

    kind: Literal["publish"] = "publish"
    text: str = Field(min_length=1, max_length=POST_CHARACTERS_MAX)
    images: tuple[Image, ...] = Field(default=(), max_length=IMAGES_MAX)
    in_reply_to: PostId | None = None
    submit: bool = True


class ReadPosts(Operation[PostsRead]):
    """Read many posts by id, each on its own status page, within one slot."""

    kind: Literal["read_posts"] = "read_posts"
    post_ids: tuple[PostId, ...] = Field(min_length=1, max_length=100)
    handle: str


class ReadProfile(Operation[ProfileRead]):
    """Read one account's public numbers."""

    kind: Literal["read_profile"] = "read_profile"
    handle: str


class Search(Operation[TimelineRead]):
    """Read search results, newest first when ``latest``. Promoted posts are marked, not dropped."""

    kind: Literal["search"] = "search"
    query: str = Field(min_length=1, max_length=500)
    latest: bool = True
    limit: int = Field(20, ge=1, le=200)


class ReadOwnTimeline(Operation[OwnTimelineRead]):
    """Read the account's own newest posts, replies included when ``with_replies``; ``limit`` is for each list."""

    kind: Literal["read_own_timeline"] = "read_own_timeline"
    limit: int = Field(20, ge=1, le=200)
    with_replies: bool = True


class ReadTimeline(Operation[TimelineRead]):
    """Read somebody's newest posts from their profile; ads and what they reposted are left out.

    Without ``with_replies`` only what stands on the first tab. A pinned post is marked, and is not newest.
    """

    kind: Literal["read_timeline"] = "read_timeline"
    handle: Handle
    limit: int = Field(20, ge=1, le=200)
    with_replies: bool = False


class ReadReplies(Operation[TimelineRead]):
    """Read what stands below a post on its own page, in X's order; ads are left out.

    ``in_reply_to`` of each says what it answers, where X told: the post itself, or another answer.
    """

    kind: Literal["read_replies"] = "read_replies"
    post_id: PostId
    handle: Handle = "i"
    """The post's author; X finds the post by its id alone, below ``/i/status/``."""
    limit: int = Field(40, ge=1, le=200)


class ReadNotifications(Operation[NotificationsRead]):
    """Read what others did with the account and its posts. ``mentions_only`` leaves likes, reposts and follows out."""

    kind: Literal["read_notifications"] = "read_notifications"
    limit: int = Field(40, ge=1, le=200)
    mentions_only: bool = False


class ReadTrends(Operation[TrendsRead]):
    """Read what X says is talked about: trends, or news. Advertisements are left out."""

    kind: Literal["read_trends"] = "read_trends"
    tab: Literal["trending", "news"] = "trending"
    limit: int = Field(20, ge=1, le=50)


class CheckSession(Operation[SessionChecked]):
    """Ask whether the stored session is still logged in."""

    kind: Literal["check_session"] = "check_session"
