"""What a look at the account's own timeline says of a post of ours: there, not there, or it could not be looked.

The last two are different answers: only a look that surely reaches back beyond a post's time can say that it is not
there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from xbot_assets.domain.posts.post import same_post

CLOCK_SKEW = timedelta(minutes=2)
"""How far X's clock and ours may be apart, generously: both are kept by NTP, and X shows whole seconds."""
X_BEGAN = datetime(2006, 3, 21, tzinfo=UTC)
"""The first post of all: what a complete timeline reaches back to."""


@dataclass(frozen=True, slots=True)
class TimelinePost:
    """A post of the account as its timeline shows it; without a time only where the page gives none."""

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


@dataclass(frozen=True, slots=True)
class TimelineView:
    """What one look at the timeline showed, in page order; ``complete`` when there was no more to show."""

    shown: tuple[TimelinePost, ...]
    complete: bool

    @property
    def covers_since(self) -> datetime | None:
        """The time since which every post is surely among those shown; ``None`` when that is so for none.

        The list is newest first, but for posts that stand out of their place: a pinned one, a repost, and one shown
        above a newer answer to it. So a post only counts when the next one is not newer, and the last never counts.
        """
        if self.complete:
            return X_BEGAN
        placed = [post.created_at for post in self.shown if not (post.pinned or post.reposted) and post.created_at]
        return min((time for time, following in pairwise(placed) if following <= time), default=None)

    def covers(self, time: datetime) -> bool:
        """Say whether a post of that time would surely be among those shown."""
        since = self.covers_since
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
            if post.x_post_id not in taken
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
            and post.x_post_id not in taken
            and (post.created_at is None or post.created_at >= since - CLOCK_SKEW)
            for post in self.shown
        )


def in_its_place(post: TimelinePost, answers: str | None) -> bool:
    """Say whether a post stands where ours was to stand: below the post that it answers, or below none."""
    return post.answers is None or post.answers == answers
