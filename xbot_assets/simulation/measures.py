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
RESAMPLES, RESAMPLING_SEED = 2000, 1
"""How often seeds are drawn anew for the interval of a recovery; always the same draws."""

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


@dataclass(frozen=True, slots=True)
class Recovery:
    """Days from the turn of taste until half of the gain is back, with a 95 % bootstrap interval over seeds.

    ``None`` for days that the run does not reach; an end of the interval may be one, too. ``within`` is the share of
    resamples in which the gain came back within the run. With one seed there is no interval, and no share.
    """

    days: int | None
    low: int | None
    high: int | None
    within: float | None
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


def recovery(gains: Vector, turn_day: int) -> Recovery:
    """Return when the mean gain is back, from one row of daily gains for each seed, and how sure that is.

    Percentile bootstrap (Efron and Tibshirani 1993, chapter 13) over whole seeds; what does not come back within the
    run counts as later than anything.
    """
    days, seeds = recovery_days(np.nanmean(gains, axis=0), turn_day), len(gains)
    if seeds < 2:  # noqa: PLR2004 - one seed has no spread
        return Recovery(days, None, None, None, seeds)
    rng = np.random.default_rng(RESAMPLING_SEED)
    drawn = (gains[rng.integers(seeds, size=seeds)] for _ in range(RESAMPLES))
    came_back = [recovery_days(np.nanmean(rows, axis=0), turn_day) for rows in drawn]
    later = gains.shape[1]
    ordered = sorted(later if one is None else one for one in came_back)
    ends = [ordered[int(share * (RESAMPLES - 1))] for share in (0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2)]
    low, high = (None if end == later else end for end in ends)
    return Recovery(days, low, high, sum(one is not None for one in came_back) / RESAMPLES, seeds)
