"""What a look at the account's own lists says of a post of ours: there, not there, or it could not be looked.

The last two are different answers: only a look that surely reaches back beyond a post's time, in a list that would have
held a post of its kind, can say that it is not there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Self

from xbot_assets.domain.posts.post import same_post

CLOCK_SKEW = timedelta(minutes=2)
"""How far X's clock and ours may be apart, generously: both are kept by NTP, and X shows whole seconds."""
X_BEGAN = datetime(2006, 3, 21, tzinfo=UTC)
"""The first post of all: what a complete timeline reaches back to."""


class PostKind(StrEnum):
    """What a post of the account is to X, which keeps the kinds in lists of their own."""

    ORIGINAL = "original"
    """It answers nothing; the first post of a thread is one."""
    REPLY = "reply"
    """It answers a post, of somebody else or of the account itself; the rest of a thread is of this kind."""

    @classmethod
    def of(cls, answers: object) -> Self:
        """Return the kind of a post of ours by what it answers, if it answers anything."""
        return cls.REPLY if answers else cls.ORIGINAL


@dataclass(frozen=True, slots=True)
class TimelinePost:
    """A post of the account as a list shows it; without a time only where the page gives none."""

    x_post_id: str
    permalink: str
    text: str
    created_at: datetime | None
    truncated: bool = False
    pinned: bool = False
    reposted: bool = False
    answers: str | None = None
    """The post that it answers; ``None`` is no answer, or not told."""
    translated: bool = False
    """Only a translation of it could be read: ``text`` is empty, and says nothing of what was posted."""
    kind: PostKind | None = None
    """What X's own data say that it is; ``None`` is not told."""
    earlier: tuple[str, ...] = ()
    """The ids that it had before somebody edited it on X."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that it has or had."""
        return self.x_post_id, *self.earlier


@dataclass(frozen=True, slots=True)
class TimelineList:
    """One of the account's lists, in page order, and the kinds of posts that it holds.

    What a list does not hold says nothing about X: an original is missing from a list of replies though it is there.
    ``complete`` when there was no more to show.
    """

    shown: tuple[TimelinePost, ...]
    complete: bool
    kinds: frozenset[PostKind]

    @property
    def covers_since(self) -> datetime | None:
        """The time since which every post of its kinds is surely among those shown; ``None`` when for none.

        The list is newest first, but for posts that stand out of their place: a pinned one, a repost, and one shown
        above a newer answer to it. So a post only counts when the next one is not newer, and the last never counts.
        """
        if self.complete:
            return X_BEGAN
        answered = {post.answers for post in self.shown}
        placed = [post.created_at for post in self.shown if post.created_at and self._is_placed(post, answered)]
        return min((time for time, following in pairwise(placed) if following <= time), default=None)

    def _is_placed(self, post: TimelinePost, answered: Collection[str | None]) -> bool:
        """Say whether a post may stand where its own time puts it."""
        moved = post.pinned or post.reposted or post.x_post_id in answered
        return not moved and (post.kind is None or post.kind in self.kinds)


@dataclass(frozen=True, slots=True)
class TimelineView:
    """What one look at the account's own lists showed: one list with everything, or one for each kind of post."""

    lists: tuple[TimelineList, ...]

    @property
    def shown(self) -> tuple[TimelinePost, ...]:
        """Return every post shown, each once, list by list in page order."""
        once: dict[str, TimelinePost] = {}
        for post in (post for each in self.lists for post in each.shown):
            once.setdefault(post.x_post_id, post)
        return tuple(once.values())

    def covers_since(self, kind: PostKind | None = None) -> datetime | None:
        """Return the time since which every post of that kind is surely among those shown; ``None`` when for none.

        Args:
            kind: of the posts in question. ``None``: not known, so that every list is needed which might hold them.
        """
        if kind is None:
            each = [self.covers_since(one) for one in PostKind]
            return None if None in each else max(filter(None, each))
        reached = [held.covers_since for held in self.lists if kind in held.kinds]
        return min(filter(None, reached), default=None)

    def covers(self, time: datetime, kind: PostKind | None = None) -> bool:
        """Say whether a post of that time and kind would surely be among those shown."""
        since = self.covers_since(kind)
        return since is not None and since < time - CLOCK_SKEW

    def alike(self, text: str, *, since: datetime | None, taken: Collection[str]) -> list[TimelinePost]:
        """Return the posts shown that read like the one we wrote, earliest first.

        Args:
            text: what we wrote.
            since: when we first meant to post it: an older one is another with the same words. ``None``: any age.
            taken: ids that are known to belong to other posts.
        """
        matching = [
            post
            for post in self.shown
            if not any(number in taken for number in post.ids)
            and not (post.reposted or post.translated)
            and (since is None or post.created_at is None or post.created_at >= since - CLOCK_SKEW)
            and same_post(text, post.text, truncated=post.truncated)
        ]
        return sorted(matching, key=lambda post: post.created_at or X_BEGAN)

    def hides_words_since(self, since: datetime, taken: Collection[str]) -> bool:
        """Say whether a post of that time or later, known to be no other's, is shown only in translation.

        It may be the one that is looked for: a translation is never compared with what was posted.
        """
        return any(
            post.translated
            and not post.reposted
            and not any(number in taken for number in post.ids)
            and (post.created_at is None or post.created_at >= since - CLOCK_SKEW)
            for post in self.shown
        )


def in_its_place(post: TimelinePost, answers: str | None) -> bool:
    """Say whether a post on the timeline answers what ours was to answer: the post with this id, or none."""
    if post.kind is None:
        return post.answers is None or post.answers == answers
    return post.kind is PostKind.of(answers) and post.answers == answers
