"""A post by somebody else as it was read, and what it has to do with the account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xbot_assets.domain.identifiers import mentioned

InboundKind = Literal["reply", "mention", "quote"]


@dataclass(frozen=True, slots=True)
class SeenCounts:
    """What a post has earned by a moment; ``None`` is not told."""

    read_at: datetime
    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    bookmarks: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A post by somebody else, with its evidence: id, author and time are always known.

    Attributes:
        text: the author's own words; empty when there are none to be read.
        lang: X's code, which also names texts without a language.
        in_reply_to: the post that it answers, where told.
        in_reply_to_handle: and that post's author.
        conversation_id: the post that its conversation began with; its own id where X did not tell.
        quoted: the authors of what it quotes.
        automated: whether X labels its author as automated.
        blocked: whether our account blocks or mutes its author.
    """

    x_post_id: str
    handle: str
    text: str
    lang: str | None
    created_at: datetime
    conversation_id: str
    counts: SeenCounts
    in_reply_to: str | None = None
    in_reply_to_handle: str | None = None
    quoted: tuple[str, ...] = ()
    sensitive: bool = False
    promoted: bool = False
    automated: bool = False
    blocked: bool = False


def inbound_kind(post: SeenPost, own: str) -> InboundKind | None:
    """Say how a post turns to the account ``own``; ``None`` when it does not, or is the account's own."""
    name = own.casefold()
    if post.handle.casefold() == name:
        return None
    if (post.in_reply_to_handle or "").casefold() == name:
        return "reply"
    if name in map(str.casefold, post.quoted):
        return "quote"
    return "mention" if name in map(str.casefold, mentioned(post.text)) else None
