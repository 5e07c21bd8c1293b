"""How fast a post rises: two readings some minutes apart rank what is rising, not what is big."""

from datetime import datetime, timedelta

from xbot_assets.domain.engagement.seen import SeenCounts

WEIGHTS = {"likes": 1.0, "reposts": 3.0, "replies": 2.0, "bookmarks": 1.0, "views": 1 / 1000}
"""Points of one more of each; a repost shows a post to others, a view costs nobody anything."""
_HOUR = timedelta(hours=1)


def velocity(
    first: SeenCounts, second: SeenCounts, *, created_at: datetime, half_life: timedelta, gap: timedelta
) -> float | None:
    """Return points an hour between two readings, halved for every ``half_life`` of the post's age at the second.

    What either reading does not tell is left out; a number that fell counts as no change. ``None`` when the readings
    are nearer than ``gap`` to each other, or tell nothing in common.
    """
    apart = second.read_at - first.read_at
    pairs = [(weight, getattr(first, name), getattr(second, name)) for name, weight in WEIGHTS.items()]
    told = [weight * max(0, after - before) for weight, before, after in pairs if None not in {before, after}]
    if apart < gap or apart <= timedelta(0) or not told:
        return None
    age = max(timedelta(0), second.read_at - created_at)
    return float(sum(told) / (apart / _HOUR) * 0.5 ** (age / half_life))
