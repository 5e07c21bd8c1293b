"""What X answers: posts, accounts and sessions as they were read, and the witness of a post that was published."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.posts.timeline_view import PostKind
from xbot_assets.x.account_state import SessionState


class Message(BaseModel):
    """Operations and answers are immutable and refuse unknown fields: a version mismatch is an error, no default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Counts(Message):
    """What a post's bar says, or X's own data. ``None`` is not told or not readable: it is no 0."""

    replies: int | None = Field(None, ge=0)
    reposts: int | None = Field(None, ge=0)
    likes: int | None = Field(None, ge=0)
    bookmarks: int | None = Field(None, ge=0)
    views: int | None = Field(None, ge=0)


class QuotedPost(Message):
    """The post inside a quote box; its id is not on the page. Its text is its author's own, or absent."""

    handle: str | None
    created_at: datetime | None
    text: str | None
    translated: bool = False


class AuthorTold(Message):
    """What X's own data say of a post's author, as our account sees them. ``None`` is not told.

    ``labelled_automated`` is X's label of automated accounts; ``blocked`` and ``muted`` are what our account did.
    """

    followers: int | None = Field(None, ge=0)
    labelled_automated: bool | None = None
    blocked: bool | None = None
    muted: bool | None = None


class PostReading(Message):
    """One post as a page showed it.

    ``post_id`` and ``permalink`` are ``None`` only where the page gives none; promoted posts carry their id
    in an analytics link. ``text`` and ``lang`` are the author's own, never a translation; ``text`` is ``None`` when the
    post has only media, a card or an article, or when only a translation of it could be read.
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
    told_counts: Counts = Counts()
    """The counts as X's own data told them; ``counts`` are the page's wherever the page shows them."""
    quoted: tuple[QuotedPost, ...] = ()
    translated: bool = False
    """The page shows a translation in the place of the post's own text."""
    promoted: bool = False
    focal: bool = False
    pinned: bool = False
    edited: bool = False
    earlier_ids: tuple[str, ...] = ()
    """The ids that it had before it was edited, where X's own data told."""
    truncated: bool = False
    """``text`` is only the beginning: the page shows "Show more", and X's own data did not tell the rest."""
    reposted_by: str | None = None
    in_reply_to: str | None = None
    """The post that it answers, in lists where X's own data told; ``None`` is no answer, or not told."""
    in_reply_to_handle: str | None = None
    """Whom it answers, where X's own data told; ``None`` is nobody, or not told."""
    conversation_id: str | None = None
    """The post that its conversation began with, where X's own data told."""
    sensitive: bool | None = None
    """Whether X marks it as possibly sensitive; ``None`` is not told."""
    author: AuthorTold = AuthorTold()
    kind: PostKind | None = None
    """Whether it answers anything, in lists where X's own data told; ``None`` is not told."""
    viewer_liked: bool = False
    viewer_bookmarked: bool = False
    photos: int = 0
    videos: int = 0
    card: bool = False
    article: bool = False


class Published(Message):
    """The witness: the id X itself returned, or ``None`` in shadow mode."""

    post_id: str | None
    permalink: str | None
    typed_text: str
    """The editor's content read back before the click."""


class MissedPost(Message):
    """A post that was asked for and not read, and why: ``gone`` is X's own answer, ``unread`` is ours.

    ``code`` is the failure of its own page; ``None`` when that was not looked at.
    """

    post_id: str
    why: Literal["gone", "unread"]
    reason: str
    code: FailureCode | None = None


class PageEvidence(Message):
    """What a page was made of that could not be read, without what belongs to the session; ``path`` has no query."""

    path: str
    reason: str
    outline: str


class PostsRead(Message):
    """What was read and what was not; together they are what was asked for.

    ``evidence`` is of the first page that could not be read.
    """

    posts: tuple[PostReading, ...]
    missed: tuple[MissedPost, ...] = ()
    evidence: PageEvidence | None = None


class ProfileRead(Message):
    """An account as X's own data gives it (exact), or as the page shows it (``exact`` is then false).

    A number is ``None`` when neither tells it, or the page shows it in a way that cannot be read for sure.
    ``created_at`` is when the account was made; a page tells only the month, of which it is then the last moment.
    ``labelled_automated`` is whether it carries X's label of automated accounts. Both are ``None`` when not told.
    ``hidden`` is why X does not show its posts to us although it shows its numbers: ``account_protected`` or
    ``account_blocked``. ``evidence`` is of a page that did not tell every number.
    """

    handle: str
    name: str
    followers: int | None = Field(ge=0)
    following: int | None = Field(ge=0)
    posts: int | None = Field(ge=0)
    bio: str
    exact: bool
    created_at: AwareDatetime | None = None
    labelled_automated: bool | None = None
    hidden: FailureCode | None = None
    evidence: PageEvidence | None = None


class TimelineRead(Message):
    """Posts in page order; ``complete`` when the list ended before ``limit``."""

    posts: tuple[PostReading, ...]
    complete: bool


class NotifiedAct(Message):
    """Somebody liked, reposted or followed, as X's own data tell it; ``post_id`` is ``None`` for a follow.

    ``acted_at`` is ``None`` when X does not tell when. One notice may be about several people.
    """

    kind: Literal["like", "repost", "follow"]
    handle: str
    post_id: str | None
    acted_at: AwareDatetime | None


class NotificationsRead(TimelineRead):
    """What others did: posts that answer, mention or quote the account, newest first, and acts without words."""

    acts: tuple[NotifiedAct, ...] = ()


class OwnList(TimelineRead):
    """One of the account's own lists, and the kinds of its posts that the list surely holds.

    ``kinds`` is empty when that is not known: what such a list does not show may be on X all the same.
    """

    kinds: frozenset[PostKind]


class OwnTimelineRead(Message):
    """The account's own posts, in as many lists as X keeps them in; a post may stand in two."""

    lists: tuple[OwnList, ...]

    @property
    def posts(self) -> tuple[PostReading, ...]:
        """Return every post once, list by list in page order; one without an id is as often there as it was shown."""
        seen = [post for each in self.lists for post in each.posts]
        first = {post.post_id: number for number, post in reversed(list(enumerate(seen)))}
        return tuple(post for number, post in enumerate(seen) if not post.post_id or first[post.post_id] == number)


class TrendReading(Message):
    """One line of the page that says what is talked about.

    ``context`` is what stands above the name ("Trending in Germany", "News"); ``posts`` is how many X counts, ``None``
    where it does not tell or cannot be read. ``rank`` is its place among what could be read, from 1.
    """

    rank: int = Field(ge=1)
    name: str = Field(min_length=1)
    context: str
    posts: int | None = Field(None, ge=0)


class TrendsRead(Message):
    """What the page lists, in its order, without advertisements; an empty list is X's own word that there is nothing.

    ``unread`` lines stand on the page and have no name that can be read. When the page is not as it was, ``evidence``
    is what it was made of, and ``trends`` is what could be read of it all the same.
    """

    trends: tuple[TrendReading, ...]
    unread: int = Field(0, ge=0)
    evidence: PageEvidence | None = None


class SessionChecked(Message):
    """``state`` says what X showed; ``handle`` is the account when logged in."""

    state: SessionState
    handle: str | None
