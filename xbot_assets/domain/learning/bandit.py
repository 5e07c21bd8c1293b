"""A Thompson-sampling bandit over content arms (topic x format) with shared effects.

An arm's expected reward is ``base + effect(topic) + effect(format)``. Sharing the effects lets thirty arms learn from
ten posts. The posterior is a Gaussian over those effects (Bayesian linear regression); an arm is chosen by drawing one
set of effects from the posterior and taking the best arm, and the probability of that choice is kept with the post.
Agrawal and Goyal, "Thompson Sampling for Contextual Bandits with Linear Payoffs", ICML 2013.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

Vector = NDArray[np.float64]
Rule = Literal["steady", "restarting"]
"""The ways of learning: each retraining follows one of them."""

PROPENSITY_DRAWS = 2000
"""Draws from the posterior that estimate the choice probabilities: standard error at most 1.2 points."""
REWARD_NOISE = 0.2
"""Standard deviation of one post's reward around its arm's mean, on the 0 to 1 scale."""
PRIOR_MEAN = 0.4
"""Expected reward before any post was measured; a little hopeful, so that new arms are tried."""
PRIOR_SPREAD = 0.25
"""Prior standard deviation of each effect."""


def other_rule(rule: Rule) -> Rule:
    """Return the way of learning that a champion of this one is tested against."""
    return "restarting" if rule == "steady" else "steady"


class Arm(NamedTuple):
    """One kind of post: what it is about and how it is written."""

    topic: str
    format: str


class Observed(NamedTuple):
    """One measured post: its arm and its reward in [0, 1]."""

    arm: Arm
    reward: float


class Choice(NamedTuple):
    """A chosen arm, the probability with which the posterior chooses it, and those of all arms that were open."""

    arm: Arm
    propensity: float
    chances: dict[str, dict[str, float]]


class Draw(NamedTuple):
    """Chosen arms, and the probability of each arm that they were drawn with, in the order of ``Posterior.arms``."""

    chosen: tuple[Choice, ...]
    chances: Vector


class Posterior(BaseModel):
    """A Gaussian over ``[base, topics..., formats...]``, in precision form so that updates are sums.

    ``precision`` is (k, k) and ``information_vector`` is (k,), with k = 1 + len(topics) + len(formats);
    the mean is ``precision^-1 @ information_vector``, measured from :data:`PRIOR_MEAN`.
    """

    model_config = ConfigDict(frozen=True)

    topics: tuple[str, ...] = Field(min_length=1)
    formats: tuple[str, ...] = Field(min_length=1)
    precision: tuple[tuple[float, ...], ...]
    # Versions stored before 0.2 call it "shift".
    information_vector: tuple[float, ...] = Field(validation_alias=AliasChoices("information_vector", "shift"))
    observations: int = Field(ge=0)
    rule: Rule = "steady"
    """How it was learned: ``steady`` weighs all posts alike, ``restarting`` watches for changes (``changes.py``)."""
    draw_variance: float = Field(1.0, gt=0, le=1)
    """Share of the posterior's variance that arms are drawn with: less explores less."""

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Every combination of topic and format."""
        return tuple(Arm(topic, form) for topic in self.topics for form in self.formats)


def prior(topics: Sequence[str], formats: Sequence[str], *, strength: float) -> Posterior:
    """Return the posterior before any post: ``strength`` multiplies its certainty."""
    size = 1 + len(topics) + len(formats)
    precision = np.eye(size) * strength / PRIOR_SPREAD**2
    return Posterior(
        topics=tuple(topics),
        formats=tuple(formats),
        precision=tuple(map(tuple, precision.tolist())),
        information_vector=(0.0,) * size,
        observations=0,
    )


def learn(posterior: Posterior, observed: Sequence[Observed]) -> Posterior:
    """Return the posterior after ``observed``; posts on topics or formats it does not know are left out."""
    known = [o for o in observed if o.arm.topic in posterior.topics and o.arm.format in posterior.formats]
    if not known:
        return posterior
    design = _design(posterior, [o.arm for o in known])
    rewards = np.array([o.reward for o in known]) - PRIOR_MEAN
    precision = np.array(posterior.precision) + design.T @ design / REWARD_NOISE**2
    information_vector = np.array(posterior.information_vector) + design.T @ rewards / REWARD_NOISE**2
    return posterior.model_copy(
        update={
            "precision": tuple(map(tuple, precision.tolist())),
            "information_vector": tuple(information_vector.tolist()),
            "observations": posterior.observations + len(known),
        }
    )


def choose(posterior: Posterior, count: int, rng: np.random.Generator) -> Draw:
    """Draw ``count`` different arms, best first draw each, with their choice probabilities.

    The propensity is that of being the best arm of one draw; later arms of the same plan are drawn
    again until they differ, so theirs is the probability among what was left.
    """
    return draw_arms(posterior.arms, choice_probabilities(posterior, rng), count, rng)


def in_test(champion: Vector, challenger: Vector, share: float) -> Vector:
    """Return the chances by which arms are drawn while a challenger with a share is in test.

    Either side's own are at most ``1 / share`` times as large, so what a post says of one side never weighs more.
    """
    return (1 - share) * champion + share * challenger


def draw_arms(arms: Sequence[Arm], probabilities: Vector, count: int, rng: np.random.Generator) -> Draw:
    """Draw ``count`` different arms by their chances; each later one by its chance among what was left."""
    left = np.ones(len(arms), dtype=bool)
    chosen: list[Choice] = []
    for _ in range(min(count, len(arms))):
        weights = np.where(left, probabilities, 0.0)
        weights /= weights.sum()
        index = int(rng.choice(len(arms), p=weights))
        left[index] = False
        chosen.append(Choice(arms[index], float(weights[index]), _by_topic(arms, weights)))
    return Draw(tuple(chosen), probabilities)


def _by_topic(arms: Sequence[Arm], weights: Vector) -> dict[str, dict[str, float]]:
    chances: dict[str, dict[str, float]] = {}
    for arm, weight in zip(arms, weights.tolist(), strict=True):
        if weight > 0:
            chances.setdefault(arm.topic, {})[arm.format] = weight
    return chances


def choice_probabilities(posterior: Posterior, rng: np.random.Generator) -> Vector:
    """Return, for each arm of ``posterior.arms``, the estimated chance of being the best of one draw.

    Every arm keeps at least half a draw's share, so that no propensity is zero.
    """
    mean, covariance = moments(posterior)
    draws = rng.multivariate_normal(mean, covariance * posterior.draw_variance, size=PROPENSITY_DRAWS)
    best = (draws @ _design(posterior, posterior.arms).T).argmax(axis=1)
    counts = np.bincount(best, minlength=len(posterior.arms)) + 0.5
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def version_chances(posterior: Posterior, version_id: int) -> Vector:
    """Return the choice probabilities of a stored version, the same each time: what it would have done can be said."""
    return choice_probabilities(posterior, np.random.default_rng(version_id))


class ArmEstimate(NamedTuple):
    """Expected reward of an arm and its standard deviation."""

    arm: Arm
    mean: float
    deviation: float


def estimates(posterior: Posterior) -> list[ArmEstimate]:
    """Return every arm's expected reward, best first."""
    _, covariance = moments(posterior)
    design = _design(posterior, posterior.arms)
    means = expected_rewards(posterior)
    deviations = np.sqrt(np.einsum("ij,jk,ik->i", design, covariance, design))
    judged = [ArmEstimate(a, float(m), float(d)) for a, m, d in zip(posterior.arms, means, deviations, strict=True)]
    return sorted(judged, key=lambda estimate: -estimate.mean)


def expected_rewards(posterior: Posterior) -> Vector:
    """Return the expected reward of each arm, in the order of ``posterior.arms``."""
    mean, _ = moments(posterior)
    return np.asarray(PRIOR_MEAN + _design(posterior, posterior.arms) @ mean, dtype=np.float64)


def moments(posterior: Posterior) -> tuple[Vector, Vector]:
    """Return the mean of the effects, measured from :data:`PRIOR_MEAN`, and their covariance."""
    covariance = np.linalg.inv(np.array(posterior.precision))
    return covariance @ np.array(posterior.information_vector), covariance


def _design(posterior: Posterior, arms: Sequence[Arm]) -> Vector:
    rows = np.zeros((len(arms), 1 + len(posterior.topics) + len(posterior.formats)))
    rows[:, 0] = 1.0
    for row, arm in zip(rows, arms, strict=True):
        row[1 + posterior.topics.index(arm.topic)] = 1.0
        row[1 + len(posterior.topics) + posterior.formats.index(arm.format)] = 1.0
    return rows
