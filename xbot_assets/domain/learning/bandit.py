"""A Thompson-sampling bandit over content arms (topic x format) with shared effects.

An arm's expected reward is ``base + effect(topic) + effect(format)``. Sharing the effects lets thirty arms learn from
ten posts. The belief is a Gaussian over those effects (Bayesian linear regression); an arm is chosen by drawing one set
of effects from the belief and taking the best arm, and the probability of that choice is kept with the post. Agrawal
and Goyal, "Thompson Sampling for Contextual Bandits with Linear Payoffs", ICML 2013.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Vector = NDArray[np.float64]

PROPENSITY_DRAWS = 2000
"""Draws from the belief that estimate the choice probabilities: standard error at most 1.2 points."""
REWARD_NOISE = 0.2
"""Standard deviation of one post's reward around its arm's mean, on the 0 to 1 scale."""
PRIOR_MEAN = 0.4
"""Expected reward before any post was measured; a little hopeful, so that new arms are tried."""
PRIOR_SPREAD = 0.25
"""Prior standard deviation of each effect."""


class Arm(NamedTuple):
    """One kind of post: what it is about and how it is written."""

    topic: str
    format: str


class Observed(NamedTuple):
    """One measured post: its arm and its reward in [0, 1]."""

    arm: Arm
    reward: float


class Choice(NamedTuple):
    """A chosen arm and the probability with which the belief chooses it."""

    arm: Arm
    propensity: float


class Belief(BaseModel):
    """A Gaussian over ``[base, topics..., formats...]``, in precision form so that updates are sums.

    ``precision`` is (k, k) and ``shift`` is (k,), with k = 1 + len(topics) + len(formats);
    the mean is ``precision^-1 @ shift``, measured from :data:`PRIOR_MEAN`.
    """

    model_config = ConfigDict(frozen=True)

    topics: tuple[str, ...] = Field(min_length=1)
    formats: tuple[str, ...] = Field(min_length=1)
    precision: tuple[tuple[float, ...], ...]
    shift: tuple[float, ...]
    observations: int = Field(ge=0)

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Every combination of topic and format."""
        return tuple(Arm(topic, form) for topic in self.topics for form in self.formats)


def prior(topics: Sequence[str], formats: Sequence[str], *, strength: float) -> Belief:
    """Return the belief before any post: ``strength`` multiplies its certainty."""
    size = 1 + len(topics) + len(formats)
    precision = np.eye(size) * strength / PRIOR_SPREAD**2
    return Belief(
        topics=tuple(topics),
        formats=tuple(formats),
        precision=tuple(map(tuple, precision.tolist())),
        shift=(0.0,) * size,
        observations=0,
    )


def learn(belief: Belief, observed: Sequence[Observed]) -> Belief:
    """Return the belief after ``observed``; posts on topics or formats it does not know are left out."""
    known = [o for o in observed if o.arm.topic in belief.topics and o.arm.format in belief.formats]
    if not known:
        return belief
    design = _design(belief, [o.arm for o in known])
    rewards = np.array([o.reward for o in known]) - PRIOR_MEAN
    precision = np.array(belief.precision) + design.T @ design / REWARD_NOISE**2
    shift = np.array(belief.shift) + design.T @ rewards / REWARD_NOISE**2
    return belief.model_copy(
        update={
            "precision": tuple(map(tuple, precision.tolist())),
            "shift": tuple(shift.tolist()),
            "observations": belief.observations + len(known),
        }
    )


def choose(belief: Belief, count: int, rng: np.random.Generator) -> list[Choice]:
    """Draw ``count`` different arms, best first draw each, with their choice probabilities.

    The propensity is that of being the best arm of one draw; later arms of the same plan are drawn
    again until they differ, so theirs is the probability among what was left.
    """
    arms = belief.arms
    probabilities = choice_probabilities(belief, rng)
    left = np.ones(len(arms), dtype=bool)
    chosen: list[Choice] = []
    for _ in range(min(count, len(arms))):
        weights = np.where(left, probabilities, 0.0)
        weights /= weights.sum()
        index = int(rng.choice(len(arms), p=weights))
        left[index] = False
        chosen.append(Choice(arms[index], float(weights[index])))
    return chosen


def choice_probabilities(belief: Belief, rng: np.random.Generator) -> Vector:
    """Return, for each arm of ``belief.arms``, the estimated chance of being the best of one draw.

    Every arm keeps at least half a draw's share, so that no propensity is zero.
    """
    mean, covariance = _moments(belief)
    draws = rng.multivariate_normal(mean, covariance, size=PROPENSITY_DRAWS)
    best = (draws @ _design(belief, belief.arms).T).argmax(axis=1)
    counts = np.bincount(best, minlength=len(belief.arms)) + 0.5
    return np.asarray(counts / counts.sum(), dtype=np.float64)


class ArmEstimate(NamedTuple):
    """Expected reward of an arm and its standard deviation."""

    arm: Arm
    mean: float
    deviation: float


def estimates(belief: Belief) -> list[ArmEstimate]:
    """Return every arm's expected reward, best first."""
    mean, covariance = _moments(belief)
    design = _design(belief, belief.arms)
    means = PRIOR_MEAN + design @ mean
    deviations = np.sqrt(np.einsum("ij,jk,ik->i", design, covariance, design))
    found = [ArmEstimate(a, float(m), float(d)) for a, m, d in zip(belief.arms, means, deviations, strict=True)]
    return sorted(found, key=lambda estimate: -estimate.mean)


def _moments(belief: Belief) -> tuple[Vector, Vector]:
    covariance = np.linalg.inv(np.array(belief.precision))
    return covariance @ np.array(belief.shift), covariance


def _design(belief: Belief, arms: Sequence[Arm]) -> Vector:
    rows = np.zeros((len(arms), 1 + len(belief.topics) + len(belief.formats)))
    rows[:, 0] = 1.0
    for row, arm in zip(rows, arms, strict=True):
        row[1 + belief.topics.index(arm.topic)] = 1.0
        row[1 + len(belief.topics) + belief.formats.index(arm.format)] = 1.0
    return rows
