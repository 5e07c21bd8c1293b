"""Confidence sequences: intervals of a mean that stay right however often one looks, and what they can prove.

Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
sequences", Annals of Statistics 2024 (arXiv 2103.06476), theorem 2.2: after t values with mean m and standard deviation
s, the interval is ``m +- s * sqrt((t r^2 + 1) / (t^2 r^2) * log((t r^2 + 1) / a^2))``. With chance 1 - a it holds the
mean at all t at once, in the limit of a late first look; so no look is taken before ``first_look``. ``r`` sets at which
t the interval is narrowest (their appendix B.2).

Values of posts are skewed: few posts have great weights. In runs of 200 values of one in ten, the formula from the
20th value on held nought at all looks in 83 % of runs, not in 95 %. So the first look is late, and the value farthest
from the mean is counted twice more in the variance (``caution``): 96 % then, and 97 to 99 % of milder distributions.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from xbot_assets.domain.learning.sequence_rules import SequenceRules

Vector = NDArray[np.float64]

POWER = 0.8
"""The chance of a proof that :func:`least_provable_effect` and :func:`posts_needed` ask for: the usual one."""


def half_width(posts: int, rules: SequenceRules) -> float:
    """Return half the interval's width after ``posts``, in standard deviations of one value."""
    return float(_reach(np.array([float(posts)]), rules)[0])


def running_bounds(values: Vector, rules: SequenceRules) -> tuple[Vector, Vector]:
    """Return the interval's ends after each value; without bounds before the first look and without any spread."""
    counts = np.arange(1, len(values) + 1, dtype=np.float64)
    means = np.cumsum(values) / counts
    deviations = _deviations(values, counts, rules.caution)
    reach = deviations * _reach(counts, rules)
    reach[(counts < rules.first_look) | (deviations <= 0)] = np.inf
    return means - reach, means + reach


def least_provable_effect(posts: int, deviation: float, rules: SequenceRules) -> float | None:
    """Return the least true mean that ``posts`` values prove to differ from 0 with chance :data:`POWER` or more.

    ``None`` below the first look. Proofs before the last post are not counted, so the true chance is a little higher.
    More than ``rules.posts_max`` posts prove no more: the sequence has ended.
    """
    if posts < rules.first_look:
        return None
    posts = min(posts, rules.posts_max)
    # The value farthest from the mean of n normal ones is about sqrt(2 log n) standard deviations away.
    cautious = math.sqrt(1 + rules.caution * 2 * math.log(posts) / posts)
    return deviation * (cautious * half_width(posts, rules) + NormalDist().inv_cdf(POWER) / math.sqrt(posts))


def posts_needed(effect: float, deviation: float, rules: SequenceRules) -> int | None:
    """Return after how many posts such an effect is proven with chance :data:`POWER`.

    ``None`` when the sequence ends before.
    """

    def provable(posts: int) -> bool:
        least = least_provable_effect(posts, deviation, rules)
        return least is not None and least <= abs(effect)

    low, high = rules.first_look - 1, rules.posts_max
    if not provable(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if provable(middle) else (middle, high)
    return high


def _deviations(values: Vector, counts: Vector, caution: int) -> Vector:
    """Return the standard deviation of the values so far, at each value."""
    # Measured from the first value, so that a large common level does not eat the digits of the spread.
    apart = values - values[:1]
    means = np.cumsum(apart) / counts
    squares = np.maximum(np.cumsum(np.square(apart)) - counts * np.square(means), 0.0)
    far = np.maximum(np.maximum.accumulate(apart) - means, means - np.minimum.accumulate(apart))
    return np.asarray(np.sqrt((squares + caution * np.square(far)) / np.maximum(counts - 1, 1)), dtype=np.float64)


def _reach(counts: Vector, rules: SequenceRules) -> Vector:
    grown = counts * rules.rho_squared + 1
    return np.sqrt(grown / (counts**2 * rules.rho_squared) * np.log(grown / rules.alpha**2))
