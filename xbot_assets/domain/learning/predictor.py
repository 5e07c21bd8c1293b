"""A ridge regression that predicts a post's reward from its text, hour, topic and format.

Its error is measured on posts it did not see: leave-one-out, in closed form, against predicting the mean.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Vector = NDArray[np.float64]


class Example(NamedTuple):
    """One measured post: its features, topic and format, and its reward in [0, 1]."""

    features: Mapping[str, float]
    topic: str
    format: str
    reward: float


class Predictor(BaseModel):
    """Weights by column name; columns are features, ``topic=...`` and ``format=...``."""

    model_config = ConfigDict(frozen=True)

    base: float
    weights: dict[str, float]

    def predict(self, features: Mapping[str, float], topic: str, format_: str) -> float:
        """Return the expected reward, bounded to [0, 1]; unknown columns count nothing."""
        columns = _columns(features, topic, format_)
        total = self.base + sum(self.weights.get(name, 0.0) * value for name, value in columns.items())
        return min(1.0, max(0.0, total))


class Evaluation(BaseModel):
    """Mean absolute errors on the 0 to 1 reward scale, each post left out in turn; ``None`` below two posts."""

    model_config = ConfigDict(frozen=True)

    examples: int
    error: float | None
    error_of_mean: float | None


def fit(examples: Sequence[Example], *, ridge: float) -> tuple[Predictor, Evaluation]:
    """Fit on every example and evaluate each left out.

    Raises:
        ValueError: without examples.
    """
    if not examples:
        msg = "A predictor needs at least one measured post."
        raise ValueError(msg)
    names, design = design_of(examples)
    rewards = np.array([e.reward for e in examples])
    base, weights = weights_of(design, rewards, ridge)
    fitted = Predictor(base=base, weights=dict(zip(names, map(float, weights), strict=True)))
    centred, inverse = _centred(design, ridge)
    leverage = ((centred @ inverse) * centred).sum(axis=1) + 1.0 / len(examples)
    return fitted, _evaluate(rewards, base + design @ weights, leverage)


def weights_of(design: Vector, rewards: Vector, ridge: float) -> tuple[float, Vector]:
    """Return the base and the weight of each column of a design, fitted to rewards."""
    centred, inverse = _centred(design, ridge)
    weights = inverse @ (centred.T @ (rewards - rewards.mean()))
    return float(rewards.mean() - design.mean(axis=0) @ weights), weights


def _centred(design: Vector, ridge: float) -> tuple[Vector, Vector]:
    """Return the columns around their means, and the inverse of their penalised squares."""
    centred = design - design.mean(axis=0)
    return centred, np.linalg.inv(centred.T @ centred + ridge * np.eye(design.shape[1]))


def _evaluate(rewards: Vector, fitted: Vector, leverage: Vector) -> Evaluation:
    count = len(rewards)
    if count < 2:  # noqa: PLR2004 - one post cannot be left out of one post
        return Evaluation(examples=count, error=None, error_of_mean=None)
    left_out = (rewards - fitted) / np.maximum(1.0 - leverage, 1e-9)
    of_mean = (rewards - rewards.mean()) * count / (count - 1)
    return Evaluation(
        examples=count,
        error=float(np.abs(left_out).mean()),
        error_of_mean=float(np.abs(of_mean).mean()),
    )


def _columns(features: Mapping[str, float], topic: str, format_: str) -> dict[str, float]:
    return {**features, f"topic={topic}": 1.0, f"format={format_}": 1.0}


def design_of(examples: Sequence[Example]) -> tuple[list[str], Vector]:
    """Return the names of all columns, and a row for each example; what one does not have is 0."""
    rows = [_columns(e.features, e.topic, e.format) for e in examples]
    names = sorted({name for row in rows for name in row})
    return names, np.array([[row.get(name, 0.0) for name in names] for row in rows])
