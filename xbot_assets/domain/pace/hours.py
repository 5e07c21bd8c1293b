"""Which hours of the owner's day earn more, learned with care, and what hour it is there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from zoneinfo import ZoneInfo

HOURS_A_DAY = 24
PRIOR_POSTS = HOURS_A_DAY
"""The variance within hours is taken to have been seen on so many posts before the first: one for each hour."""
PRIOR_VARIANCE = 1 / 12
"""And it was then that of a reward that may be anything from 0 to 1 with equal chance."""


@dataclass(frozen=True, slots=True)
class WeightBounds:
    """No hour weighs less than ``least`` or more than ``most``; 1 lies between."""

    least: float
    most: float

    def bounded(self, weight: float) -> float:
        """Return the weight, moved into the bounds."""
        return min(max(weight, self.least), self.most)


@dataclass(frozen=True, slots=True)
class EarnedReward:
    """What one post earned (0 to 1) and the owner's hour (0 to 23) in which it was published."""

    hour: int
    reward: float


@dataclass(frozen=True, slots=True)
class HourWeights:
    """A weight for each hour of the owner's day, 1 being an ordinary hour."""

    zone: ZoneInfo
    weights: Sequence[float] = (1.0,) * HOURS_A_DAY

    def at(self, now: datetime) -> float:
        """Return the weight of the hour that the owner's clock shows at ``now``.

        From UTC to local time there is always one answer: in spring the skipped hour is simply never asked for, in
        autumn both passes through the repeated hour get its weight.
        """
        return self.weights[local_hour(now, self.zone)]


def local_hour(now: datetime, zone: ZoneInfo) -> int:
    """Return the hour that a clock in ``zone`` shows. Raises ``ValueError`` for a time without a zone of its own."""
    if now.tzinfo is None:
        raise ValueError("An hour of the day needs an aware time.")
    return now.astimezone(zone).hour


def hour_weights(earned: Iterable[EarnedReward], bounds: WeightBounds) -> tuple[float, ...]:
    """Return the 24 weights: an hour's mean reward over the mean of all, shrunk towards 1 when data are few.

    The rule is the empirical Bayes estimator for group means (Efron and Morris, "Data analysis using Stein's
    estimator and its generalizations", JASA 1975): with ``s2`` the variance within hours and ``t2`` the variance
    between their true means, both estimated from the data by the analysis of variance (``t2`` not below 0), the
    distance of an hour's mean from the mean of all is multiplied by ``t2 / (t2 + s2 / n)``. ``s2`` itself is pooled
    with a prior (Smyth, "Linear models and empirical Bayes methods", 2004), or the first few posts, alike by chance,
    would count as certainty. An hour without posts, or data that show no difference between hours, give 1.
    """
    groups = _by_hour(earned)
    everything = [reward for group in groups.values() for reward in group]
    mean = _mean(everything) if everything else 0.0
    if mean <= 0.0:
        return (1.0,) * HOURS_A_DAY
    within, between = _variances(groups, mean)
    learned = (
        _shrunk(groups[hour], mean, within, between) / mean if groups.get(hour) else 1.0 for hour in range(HOURS_A_DAY)
    )
    return tuple(bounds.bounded(weight) for weight in learned)


def _by_hour(earned: Iterable[EarnedReward]) -> dict[int, list[float]]:
    groups: dict[int, list[float]] = defaultdict(list)
    for one in earned:
        groups[one.hour].append(one.reward)
    return dict(groups)


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def _variances(groups: dict[int, list[float]], mean: float) -> tuple[float, float]:
    """Return the variance within hours and between their true means, by one-way analysis of variance."""
    sizes = [len(group) for group in groups.values()]
    total, hours = sum(sizes), len(sizes)
    if hours == 1:
        return PRIOR_VARIANCE, 0.0
    squares = fsum((reward - _mean(group)) ** 2 for group in groups.values() for reward in group)
    within = (squares + PRIOR_POSTS * PRIOR_VARIANCE) / (total - hours + PRIOR_POSTS)
    spread = fsum(len(group) * (_mean(group) - mean) ** 2 for group in groups.values()) / (hours - 1)
    typical_size = (total - fsum(size**2 for size in sizes) / total) / (hours - 1)
    return within, max(0.0, (spread - within) / typical_size)


def _shrunk(group: Sequence[float], mean: float, within: float, between: float) -> float:
    if between <= 0.0:
        return mean
    return mean + (_mean(group) - mean) * between / (between + within / len(group))
