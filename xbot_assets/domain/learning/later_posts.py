"""How well a predictor's way of learning foretells posts that it learned nothing from, because they came later.

Posts in the order of time: what the first half teaches foretells the next tenth of all, that and the half the next,
and so on. Beside it stands what needs no text: the mean of the arm's earlier posts.

Candidate texts of one slot share arm and hour, so for ranking them only one thing counts: whether what the predictor
says of *text and tone* goes with what posts of one arm earned. Its correlation, with both sides centred within each
arm, has a lower bound by Fisher's z; a bound above nought lets the predictor rank.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import atanh, sqrt, tanh

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from xbot_assets.domain.learning.predictor import Design, Example, Sums, Vector

ArmNumbers = NDArray[np.int64]

BLOCKS = 5
"""The later half is foretold in so many parts, each by all posts before it."""
BOUND = 1.96
"""Standard errors below the correlation: its lower bound holds with 97.5 %."""
LATER_LEAST = 50
"""Posts of the later half without which nothing is said."""
SHARED = ("topic=", "format=", "hour_")
"""Columns in which the candidates of one slot do not differ begin so."""


class LaterPosts(BaseModel):
    """What was seen on later posts; rewards and errors on the 0 to 1 scale.

    ``rank_correlation`` is Spearman's of predicted and earned, ``calibration_slope`` what one predicted unit was worth
    (1 is calibrated), ``..._of_arms`` the same of the mean of the arm. ``text_correlation`` is what text and tone say
    within an arm, ``text_low`` its lower bound, ``text_gain`` the reward that one standard deviation of it is worth.
    """

    model_config = ConfigDict(frozen=True)

    later_posts: int
    rank_correlation: float
    rank_correlation_of_arms: float
    calibration_slope: float
    later_error: float
    later_error_of_arms: float
    text_correlation: float
    text_low: float
    text_gain: float

    @property
    def ranks_texts(self) -> bool:
        """Whether ranking candidate texts by this way of learning is worth it."""
        return self.text_low > 0


def foretold(examples: Sequence[Example], *, ridge: float) -> LaterPosts | None:
    """Return how later posts were foretold, from posts oldest first; ``None`` while there are too few."""
    count, first = len(examples), len(examples) // 2
    if count - first < LATER_LEAST:
        return None
    design = Design(examples)
    rewards, arms = np.array([one.reward for one in examples]), _arms(examples)
    own = np.array([not name.startswith(SHARED) for name in design.names])
    predicted, of_arms, of_text = np.zeros(count), np.zeros(count), np.zeros(count)
    sums, known = Sums(len(design.names)), 0
    for begin, end in pairwise(np.linspace(first, count, BLOCKS + 1).astype(int).tolist()):
        for rows in design.chunks(known, begin):
            sums.add(rows.columns, rows.rewards)
        known, line, place = begin, sums.solved(ridge), begin
        for rows in design.chunks(begin, end):
            at = slice(place, place + len(rows.rewards))
            predicted[at] = np.clip(line.base + rows.columns @ line.weights, 0, 1)
            of_text[at] = rows.columns[:, own] @ line.weights[own]
            place = at.stop
        of_arms[begin:end] = _means(rewards[:begin], arms[:begin], int(arms.max()) + 1)[arms[begin:end]]
    return _judged(rewards[first:], predicted[first:], of_arms[first:], of_text[first:], arms[first:])


def spearman(ones: Vector, others: Vector) -> float:
    """Return the rank correlation, with mean ranks for ties; 0 when a side does not differ."""
    return _correlation(_ranks(ones), _ranks(others))


def _judged(earned: Vector, predicted: Vector, of_arms: Vector, of_text: Vector, arms: ArmNumbers) -> LaterPosts:
    text, left = _centred(of_text, arms), _centred(earned, arms)
    correlation = _correlation(text, left)
    # Each arm's mean takes one degree of freedom, Fisher's z three more.
    freedom = len(earned) - len(np.unique(arms)) - 3
    low = tanh(atanh(min(correlation, 0.999)) - BOUND / sqrt(freedom)) if freedom > 0 else -1.0
    return LaterPosts(
        later_posts=len(earned),
        rank_correlation=spearman(predicted, earned),
        rank_correlation_of_arms=spearman(of_arms, earned),
        calibration_slope=_slope(predicted, earned),
        later_error=float(np.abs(earned - predicted).mean()),
        later_error_of_arms=float(np.abs(earned - of_arms).mean()),
        text_correlation=correlation,
        text_low=low,
        text_gain=_slope(text, left) * float(text.std()),
    )


def _arms(examples: Sequence[Example]) -> ArmNumbers:
    numbers: dict[tuple[str, str], int] = {}
    return np.array([numbers.setdefault((one.topic, one.format), len(numbers)) for one in examples], dtype=np.int64)


def _means(rewards: Vector, arms: ArmNumbers, count: int) -> Vector:
    """Return the mean of each arm, in which the mean of all posts counts like one post more."""
    sums, posts = np.bincount(arms, rewards, count), np.bincount(arms, minlength=count)
    return np.asarray((sums + rewards.mean()) / (posts + 1), dtype=np.float64)


def _centred(values: Vector, arms: ArmNumbers) -> Vector:
    count = int(arms.max()) + 1
    means = np.bincount(arms, values, count) / np.maximum(np.bincount(arms, minlength=count), 1)
    return np.asarray(values - means[arms], dtype=np.float64)


def _ranks(values: Vector) -> Vector:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[places], dtype=np.float64)


def _correlation(ones: Vector, others: Vector) -> float:
    spread = float(ones.std() * others.std())
    return float(((ones - ones.mean()) * (others - others.mean())).mean()) / spread if spread > 0 else 0.0


def _slope(ones: Vector, others: Vector) -> float:
    """Return what one unit of the first is worth in the second; 0 when the first does not differ."""
    variance = float(ones.var())
    return float(((ones - ones.mean()) * (others - others.mean())).mean()) / variance if variance > 0 else 0.0
