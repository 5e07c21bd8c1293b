"""From a post's public counts to one score between 0 and 1; ``outcomes.py`` makes the reward of it."""

import math
from dataclasses import dataclass

REPLY_WEIGHT = 3.0
"""A reply costs its author the most effort, so it counts most."""
REPOST_WEIGHT = 2.0
"""A repost shows the post to others."""
RATE_FLOOR = 0.002
"""Engagement per view that scores 0: what an ignored post gets."""
RATE_CEILING = 0.30
"""Engagement per view that scores 1; above it nothing more is scored."""


@dataclass(frozen=True, slots=True)
class EngagementCounts:
    """The counts of one reading. ``views`` is ``None`` when the page did not show them."""

    replies: int
    reposts: int
    likes: int
    bookmarks: int
    views: int | None

    @property
    def reactions(self) -> tuple[int, int, int, int]:
        """What people did, without how many looked."""
        return (self.replies, self.reposts, self.likes, self.bookmarks)


def engagement_rate(counts: EngagementCounts) -> float | None:
    """Return weighted reactions per view, or ``None`` without views: a rate cannot be guessed."""
    if not counts.views:
        return None
    weighted = counts.likes + counts.bookmarks + REPOST_WEIGHT * counts.reposts + REPLY_WEIGHT * counts.replies
    return weighted / counts.views


def engagement_score(counts: EngagementCounts) -> float | None:
    """Return the score in [0, 1], or ``None`` when the reading has no views.

    The scale is logarithmic: engagement is multiplicative, so going from 1 % to 2 % is worth as much as
    going from 10 % to 20 %.
    """
    rate = engagement_rate(counts)
    if rate is None:
        return None
    bounded = min(max(rate, RATE_FLOOR), RATE_CEILING)
    return math.log(bounded / RATE_FLOOR) / math.log(RATE_CEILING / RATE_FLOOR)
