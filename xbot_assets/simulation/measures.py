"""What runs are compared by: the last week, day by day, and intervals over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from xbot_assets.domain.learning.students import quantile
from xbot_assets.simulation.loop import Played

WEEK = 7
DAY = timedelta(days=1)
CONFIDENCE = 0.95

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Means:
    """Of some posts, means a post: weighted engagement expected without luck, that per view, and what came of it."""

    posts: int
    expected: float
    expected_rate: float
    engagement: float
    views: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """The geometric mean over seeds of one policy over another, with a 95 % interval when there are two seeds."""

    ratio: float
    low: float | None
    high: float | None
    seeds: int


def means(posts: Sequence[Played]) -> Means:
    """Return the means of posts.

    Raises:
        ValueError: without posts.
    """
    if not posts:
        raise ValueError("No post went out in this time.")
    return Means(
        len(posts),
        float(np.mean([post.published.expected for post in posts])),
        float(np.mean([post.published.expected_rate for post in posts])),
        float(np.mean([post.engagement for post in posts])),
        float(np.mean([post.views for post in posts])),
    )


def between(posts: Sequence[Played], begins: datetime, first: float, last: float) -> list[Played]:
    """Return the posts that went out from one day to another, counted from the beginning."""
    return [post for post in posts if first <= (post.published.exposure.created_at - begins) / DAY < last]


def by_day(posts: Sequence[Played], begins: datetime, days: int) -> Vector:
    """Return the mean expected engagement per view of each day's posts; none is not a number."""
    sums, counts = np.zeros(days), np.zeros(days)
    for post in posts:
        day = int((post.published.exposure.created_at - begins) / DAY)
        if 0 <= day < days:
            sums[day] += post.published.expected_rate
            counts[day] += 1
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def ratio(ones: Sequence[float], others: Sequence[float]) -> Ratio:
    """Return how much greater one policy's values are than another's on the same seeds, by a paired t interval."""
    logs = np.log(np.array(ones) / np.array(others))
    mean = float(logs.mean())
    if len(logs) < 2:  # noqa: PLR2004 - one seed has no spread
        return Ratio(exp(mean), None, None, len(logs))
    reach = quantile(0.5 + CONFIDENCE / 2, len(logs) - 1) * float(logs.std(ddof=1)) / sqrt(len(logs))
    return Ratio(exp(mean), exp(mean - reach), exp(mean + reach), len(logs))


def recovery_days(gains: Vector, turn_day: int, window: int = 3) -> int | None:
    """Return after how many days a mean gain is again half of what it was in the week before taste was turned.

    ``gains`` are logarithms of one policy over random, day by day, over all seeds; means of ``window`` days are
    compared. ``None``: not within the run, or there was no gain to lose.
    """
    before = float(np.nanmean(gains[max(0, turn_day - WEEK) : turn_day]))
    if turn_day < 1 or before <= 0:
        return None
    for day in range(turn_day, len(gains) - window + 1):
        if float(np.nanmean(gains[day : day + window])) >= before / 2:
            return day - turn_day
    return None
