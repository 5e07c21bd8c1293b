"""What another policy would have earned on the posts of a log: three estimates, each with an interval.

Each logged post has the chances that it was chosen by, so posts can be weighed up or down to another policy's chances.

* IPS, inverse propensity score: Horvitz and Thompson, "A Generalization of Sampling Without Replacement From a Finite
  Universe", JASA 1952. Unbiased, and wide where the policies differ.
* SNIPS, self-normalised: Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning",
  NeurIPS 2015. Its interval is the delta method's.
* DR, doubly robust: Dudik, Langford and Li, "Doubly Robust Policy Evaluation and Learning", ICML 2011. Unbiased when
  the chances are right, and narrow when the expected rewards are near.

The intervals are those of the normal distribution, for one look at a log of given size. Who looks again after each post
needs :mod:`~xbot_assets.domain.learning.sequences`.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ChoiceLog:
    """Logged choices among k arms, oldest first: of each of n, its arm, its reward, and its chance when it was chosen.

    Raises:
        ValueError: when the columns differ in length, a chance is outside (0, 1], or an arm or reward makes no sense.
    """

    arms: Indices
    rewards: Vector
    propensities: Vector

    def __post_init__(self) -> None:
        if not len(self.arms) == len(self.rewards) == len(self.propensities):
            raise ValueError("A log needs one arm, one reward and one propensity for each post.")
        if not ((self.propensities > 0) & (self.propensities <= 1)).all():
            raise ValueError("A propensity is above 0 and at most 1: leave out posts without one.")
        if not np.isfinite(self.rewards).all() or (self.arms < 0).any():
            raise ValueError("A reward is a finite number, and an arm is counted from 0.")

    def __len__(self) -> int:
        return len(self.arms)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A policy's expected reward, its interval, and on how much it rests.

    ``effective_posts`` is Kish's number: so many posts of equal weight would be as good as these.
    """

    value: float
    low: float
    high: float
    posts: int
    effective_posts: float


def weights(log: ChoiceLog, target: Vector) -> Vector:
    """Return how much more often than the log a policy would have chosen each post's arm.

    ``target`` is (n, k): the policy's chance of each arm at each post. Arms that were not open at a post have none.
    """
    _expect_chances(log, target)
    return target[np.arange(len(log)), log.arms] / log.propensities


def ips(log: ChoiceLog, target: Vector, *, confidence: float = 0.95) -> Estimate:
    """Return the inverse propensity score estimate."""
    by = weights(log, target)
    return _of_mean(by * log.rewards, by, confidence)


def snips(log: ChoiceLog, target: Vector, *, confidence: float = 0.95) -> Estimate:
    """Return the self-normalised estimate.

    Raises:
        ValueError: when the policy would have chosen none of the posts.
    """
    by = weights(log, target)
    total = by.sum()
    if total <= 0:
        raise ValueError("The policy would have chosen none of the posts: there is nothing to normalise by.")
    value = float(by @ log.rewards / total)
    error = float(np.sqrt(np.square(by * (log.rewards - value)).sum()) / total)
    return _interval(value, error, by, confidence)


def doubly_robust(log: ChoiceLog, target: Vector, expected: Vector, *, confidence: float = 0.95) -> Estimate:
    """Return the doubly robust estimate; ``expected`` is (n, k), what each arm was expected to earn before the post."""
    return _of_mean(doubly_robust_scores(log, target, expected), weights(log, target), confidence)


def doubly_robust_scores(log: ChoiceLog, target: Vector, expected: Vector) -> Vector:
    """Return each post's part of the doubly robust estimate, which is their mean.

    The difference of two policies' scores is fair post by post, so a sequence may watch it.
    """
    surprise = log.rewards - expected[np.arange(len(log)), log.arms]
    return np.asarray((target * expected).sum(axis=1) + weights(log, target) * surprise, dtype=np.float64)


def gain_deviation(old: Vector, new: Vector, chosen_by: Vector, noise: float) -> float:
    """Return how far the doubly robust gain of one post spreads, before any post is seen.

    It is that of rewards which spread by ``noise`` around what is expected of their arms, when arms are chosen with the
    chances ``chosen_by``; all three are chances of the same arms.
    """
    return noise * float(np.sqrt((np.square(new - old) / chosen_by).sum()))


def _expect_chances(log: ChoiceLog, target: Vector) -> None:
    if target.ndim != 2 or len(target) != len(log):  # noqa: PLR2004 - a row for each post, a column for each arm
        raise ValueError("A policy needs a row of chances for each post of the log.")
    if len(log) and (log.arms.max() >= target.shape[1] or (target < 0).any() or not np.allclose(target.sum(axis=1), 1)):
        raise ValueError("Each row of chances covers every logged arm, has none below 0, and adds up to 1.")


def _of_mean(parts: Vector, by: Vector, confidence: float) -> Estimate:
    if len(parts) < 2:  # noqa: PLR2004 - one post has no spread
        raise ValueError("An estimate with an interval needs at least two posts.")
    return _interval(float(parts.mean()), float(parts.std(ddof=1) / np.sqrt(len(parts))), by, confidence)


def _interval(value: float, error: float, by: Vector, confidence: float) -> Estimate:
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) * error
    squares = float(np.square(by).sum())
    effective = float(by.sum()) ** 2 / squares if squares else 0.0
    return Estimate(value, value - reach, value + reach, len(by), effective)
