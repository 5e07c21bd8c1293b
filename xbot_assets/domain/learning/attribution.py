"""How much of what the account's followers changed by goes with its posts, and how sure that is.

Between two readings of the profile the followers change by a number an hour, whatever is posted, and by a number a
view, however many views the posts gained in that time. Both are fitted by least squares, weighted by the inverse of
what is expected. A post's part is the number a view times its views.

Intervals are of a moving-block bootstrap: readings of one day hang together, so days are drawn, not readings (Künsch
1989, "The jackknife and the bootstrap for general stationary observations"). What goes together need not be cause:
news that brings both views and followers counts for the posts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS_LEAST = 48
"""Times between readings, below which nothing is said: two days of hourly ones."""
BLOCK = 24
"""Times between readings that are drawn together: a day of hourly ones."""
DRAWS = 400
LEVELS = (2.5, 97.5)
"""Percentiles of the interval, 95 % between them."""
FITS = 3
"""Each of them weighs by what the one before expects; further ones change nothing that could be told."""
LEAST_EXPECTED = 0.1
"""Followers expected of a step, at least: one in which nobody is expected would weigh without bound."""
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Between:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Between":
        """Return all three multiplied by a number that is not negative."""
        return Between(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Course:
    """Numbers that were read one after another, with their times in seconds, oldest first."""

    times: Sequence[float]
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the followers changed by, and what of it goes with posts.

    Attributes:
        change: followers at the last reading less those at the first.
        per_view: followers a view.
        explained: followers that go with the views of all posts.
        posts: the same of each post, by id.
    """

    change: int
    per_view: Between
    explained: Between
    posts: Mapping[int, Between]

    @property
    def share(self) -> Between | None:
        """Return the share of the change that goes with posts; ``None`` when there were not more followers after it."""
        return self.explained.times(1 / self.change) if self.change > 0 else None


def attribute(followers: Course, views: Mapping[int, Course], rng: np.random.Generator) -> Attribution | None:
    """Attribute the change of followers to posts.

    Args:
        followers: of the account.
        views: of each post, counted from its publishing on; its first time is that, with no view.
        rng: draws the bootstrap.

    Returns:
        ``None`` with fewer than :data:`STEPS_LEAST` times between readings, or when no post gained a view in them.
    """
    times = np.asarray(followers.times, dtype=np.float64)
    hours, change = np.diff(times) / SECONDS_PER_HOUR, np.diff(np.asarray(followers.values, dtype=np.float64))
    gained = {post: np.diff(np.interp(times, course.times, course.values)) for post, course in views.items()}
    together = sum(gained.values(), np.zeros_like(hours))
    if len(hours) < STEPS_LEAST or not together.any():
        return None
    drawn = [_per_view(hours[rows], change[rows], together[rows]) for rows in _blocks(len(hours), rng)]
    low, high = np.percentile(drawn, LEVELS)
    per_view = Between(_per_view(hours, change, together), float(low), float(high))
    parts = {post: per_view.times(float(steps.sum())) for post, steps in gained.items() if steps.any()}
    return Attribution(int(change.sum()), per_view, per_view.times(float(together.sum())), parts)


def _per_view(hours: Floats, change: Floats, views: Floats) -> float:
    """Return the fitted followers a view, beside those an hour; never below nought: a view takes no follower away.

    People come one by one, so the noise of a step is as large as what is expected of it: fitted once with the hours for
    that, then with what the fit before expects.
    """
    expected = hours
    per_view = 0.0
    for _ in range(FITS):
        an_hour, per_view = _fit(hours, views, change, 1 / expected)
        expected = np.maximum(LEAST_EXPECTED, an_hour * hours + per_view * views)
    return per_view


def _fit(hours: Floats, views: Floats, change: Floats, weight: Floats) -> tuple[float, float]:
    """Return followers an hour and a view, by weighted least squares; without a view below nought."""
    hour_hour, hour_view = float(weight @ (hours * hours)), float(weight @ (hours * views))
    view_view = float(weight @ (views * views))
    with_hours, with_views = float(weight @ (hours * change)), float(weight @ (views * change))
    determinant = hour_hour * view_view - hour_view * hour_view
    per_view = (hour_hour * with_views - hour_view * with_hours) / determinant if determinant > 0 else 0.0
    per_view = max(0.0, per_view)
    return (with_hours - hour_view * per_view) / hour_hour, per_view


def _blocks(steps: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Return rows to draw: whole blocks, as many as make up the length."""
    size = min(BLOCK, steps)
    starts = rng.integers(0, steps - size + 1, size=(DRAWS, -(-steps // size)))
    return [(row[:, None] + np.arange(size)).ravel()[:steps] for row in starts]


def course_of(readings: Sequence[tuple[datetime, float]]) -> Course:
    """Return readings as a course, oldest first."""
    return Course([at.timestamp() for at, _ in readings], [float(value) for _, value in readings])
