"""Making known what the account wrote lately, from its own timeline: for who has no archive of X yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from xbot_assets.domain.history.archive import ArchivedPost
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.product import Product
from xbot_assets.store.metrics.history import import_posts, lock_history
from xbot_assets.x.answers import OwnTimelineRead, PostReading
from xbot_assets.x.operations import ReadOwnTimeline

POSTS_MAX = 200
"""Posts read of each of the account's lists."""
READ_SECONDS = 300.0
"""So many posts are scrolled through."""


@dataclass(frozen=True, slots=True)
class TimelineImport:
    """What the timeline brought.

    Attributes:
        added: posts that are new.
        known: posts known from an earlier import.
        unread: posts of that time whose text, time or counts could not be read whole; they were left out.
        reaches: from when on the timeline surely showed everything; ``None`` when nothing is sure.
    """

    added: int
    known: int
    unread: int
    reaches: datetime | None


def import_timeline(product: Product, days: int) -> TimelineImport:
    """Store the account's posts of the last days in one transaction. A second import of them adds nothing.

    Posts that this system published are left out, as they are of an archive.

    Raises:
        ProductError: the timeline could not be read; nothing is stored then.
    """
    now = product.clock.now()
    answer = product.x.run(ReadOwnTimeline(limit=POSTS_MAX), lane=Lane.HIGH, deadline_seconds=READ_SECONDS)
    lately = list(_lately(product, answer, now - timedelta(days=days)))
    posts = [post for post in map(_as_history, lately) if post is not None]
    with product.database.transaction() as transaction:
        lock_history(transaction)
        count = import_posts(transaction, posts, now)
    return TimelineImport(
        count.added, count.known, len(lately) - len(posts), _reaches(answer, now - timedelta(days=days))
    )


def _lately(product: Product, answer: OwnTimelineRead, since: datetime) -> Iterator[PostReading]:
    for post in answer.posts:
        strange = post.promoted or post.reposted_by is not None or not product.account.is_own(post.handle)
        if not strange and (post.created_at is None or post.created_at >= since):
            yield post


def _as_history(post: PostReading) -> ArchivedPost | None:
    """Return a post as an archive would tell it, or ``None`` when it was not read whole: nothing is guessed."""
    text, at, likes, reposts = post.text, post.created_at, post.counts.likes, post.counts.reposts
    if post.post_id is None or text is None or post.truncated or at is None or likes is None or reposts is None:
        return None
    return ArchivedPost(
        x_post_id=post.post_id,
        text=text,
        created_at=at.astimezone(UTC),
        in_reply_to=post.in_reply_to,
        language=post.lang,
        likes=likes,
        reposts=reposts,
    )


def _reaches(answer: OwnTimelineRead, since: datetime) -> datetime | None:
    """Return the latest time from which on every list was read: its own oldest post, or all that was asked for."""
    starts = []
    for held in answer.lists:
        times = [post.created_at for post in held.posts if post.created_at and not post.pinned]
        starts.append(since if held.complete else max(since, min(times)) if times else None)
    known = [start for start in starts if start is not None]
    return max(known) if known and len(known) == len(starts) else None
