"""Why a report of learning says no more: what is missing, in sentences."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from xbot_assets.domain.learning.insights import GROUP_MIN
from xbot_assets.store.learning.report import WaitingOutcomes

EARLY = 4 * GROUP_MIN
"""With fewer outcomes hardly any group is large enough to be spoken of."""


def what_is_missing(waiting: WaitingOutcomes, posts: int, age_hours: float, zone: ZoneInfo) -> tuple[str, ...]:
    """Return sentences about posts without outcomes, and about too few of them; none when all is there."""
    return tuple(_sentences(waiting, posts, age_hours, zone))


def _sentences(waiting: WaitingOutcomes, posts: int, age_hours: float, zone: ZoneInfo) -> Iterator[str]:
    if posts + waiting.posts == 0:
        yield "No post was published yet: a report needs posts that were read."
        return
    if posts < EARLY:
        yield (
            f"{posts} of {posts + waiting.posts} published posts have an outcome to learn from. "
            f"Nothing is said of a group before {GROUP_MIN} posts in it and {GROUP_MIN} outside."
        )
    if waiting.young and waiting.next_published_at is not None:
        due = (waiting.next_published_at + timedelta(hours=age_hours)).astimezone(zone)
        yield f"{waiting.young} posts are younger than {age_hours:g} hours; the next is at {due:%Y-%m-%d %H:%M}."
    if waiting.unread:
        yield f"{waiting.unread} posts were never read: 'xbot status' and 'xbot alerts list' say what is wrong."
    if waiting.without_views:
        yield f"{waiting.without_views} posts never showed views: their engagement cannot be told, and is not guessed."
