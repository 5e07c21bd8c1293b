"""What travels between the browser host and its clients.

One model per message; the host and the client both import them, so neither can drift.
"""

from typing import Annotated

from pydantic import AwareDatetime, Field

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.posts.images import IMAGE_BYTES_MAX, IMAGES_MAX
from xbot_assets.x.answers import Message
from xbot_assets.x.operations import (
    CheckSession,
    Publish,
    ReadNotifications,
    ReadOwnTimeline,
    ReadPosts,
    ReadProfile,
    ReadReplies,
    ReadTimeline,
    ReadTrends,
    Search,
)

WORDS_BYTES_MAX = 131_072
"""The rest of the longest call: 4,000 characters of text and four alternative texts, escaped at their worst."""
CALL_BYTES_MAX = IMAGES_MAX * 4 * (-(-IMAGE_BYTES_MAX // 3)) + WORDS_BYTES_MAX
"""Size of the longest call in JSON: base64 makes four characters of three bytes."""

WireOperation = Annotated[
    Publish
    | ReadPosts
    | ReadProfile
    | Search
    | ReadOwnTimeline
    | ReadTimeline
    | ReadReplies
    | ReadNotifications
    | ReadTrends
    | CheckSession,
    Field(discriminator="kind"),
]
"""The operations that the host carries out."""


class OperationCall(Message):
    """What travels to ``POST /operations``. The deadline counts from the host's receipt.

    ``operation_id`` is the caller's name for it, unique among those under way; ``POST /operations/<id>/preempt``
    takes it. Without one the host chooses.
    """

    operation: WireOperation
    lane: Lane
    deadline_seconds: float = Field(gt=0, le=600)
    operation_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_.-]{1,100}$")


class OperationFailure(Message):
    """A failed operation: the fields of :class:`xbot_assets.domain.failures.ProductError`."""

    kind: FailureKind
    code: FailureCode
    reason: str
    remedy: str = ""
    retry_after_seconds: float | None = None


class OperationAnswer(Message):
    """What the host answers: times and slot always, then exactly one of ``result`` and ``failure``.

    ``result`` is the JSON of the operation's answer. A refusal for lack of slots has
    ``failure.code == FailureCode.NO_SLOT`` and no ``slot``.
    """

    slot: int | None
    started_at: AwareDatetime
    ended_at: AwareDatetime
    result: dict[str, object] | None = None
    failure: OperationFailure | None = None
