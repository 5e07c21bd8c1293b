"""When a post is read next: by its age, by whether anything happened, and by how well reading goes.

The age gives the interval: short on the first day, longer in the first week, a day afterwards, and a month at the end.
Each reading in a row that found nothing new widens it, up to a bound; one new reaction brings it back. When many posts
could not be read the intervals become shorter, so that what is missing is soon tried again.
"""

from dataclasses import dataclass
from datetime import timedelta

from xbot_assets.domain.learning.reward import EngagementCounts

SHARE_ASKED_MIN = 20
"""A share of fewer posts says nothing about how well reading goes."""
LEAST = timedelta(minutes=5)
"""No interval is shorter, whatever it is multiplied by."""
_DOUBLINGS = 20
"""Readings in a row that can still widen an interval: enough for any bound, and no overflow."""


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Posts younger than ``below`` are read every ``interval``."""

    below: timedelta
    interval: timedelta


@dataclass(frozen=True, slots=True)
class SuccessRules:
    """How the share of posts that could be read changes the intervals."""

    relax_above: float
    relax_factor: float
    intensify_below: float
    intensify_factor: float

    def factor(self, asked: int, read: int) -> float:
        """Return what intervals are multiplied by, after so many of the posts asked for lately were read."""
        if asked < SHARE_ASKED_MIN:
            return 1.0
        share = read / asked
        if share < self.intensify_below:
            return self.intensify_factor
        return self.relax_factor if share > self.relax_above else 1.0


@dataclass(frozen=True, slots=True)
class Cadence:
    """Everything that says when a post is read again.

    Attributes:
        bands: by age, youngest first; the end of the last one is when the frequent readings end.
        after_end: the interval from then on, and the longest of all.
        growth: what each reading in a row without change multiplies the interval by.
        growth_max: the most that all of them multiply it by.
        success: how well reading goes.
    """

    bands: tuple[AgeBand, ...]
    after_end: timedelta
    growth: float
    growth_max: float
    success: SuccessRules

    def interval(self, age: timedelta, *, unchanged: int = 0, factor: float = 1.0) -> timedelta:
        """Return the time from a look at a post of this age to the next one.

        Args:
            age: of the post when it was looked at.
            unchanged: readings in a row, up to this one, that found nothing new.
            factor: of :meth:`SuccessRules.factor`.
        """
        of_age = next((band.interval for band in self.bands if age < band.below), self.after_end)
        widened = min(self.growth_max, self.growth ** min(unchanged, _DOUBLINGS))
        return max(LEAST, min(of_age * widened * factor, self.after_end))


def unchanged_readings(before: EngagementCounts | None, now: EngagementCounts, so_far: int) -> int:
    """Return how many readings in a row found nothing new, this one included.

    A new reaction ends the row. More views alone neither lengthen nor end it: people look, and do nothing.
    """
    if before is None or any(new > old for new, old in zip(now.reactions, before.reactions, strict=True)):
        return 0
    return so_far if (now.views or 0) > (before.views or 0) else so_far + 1
