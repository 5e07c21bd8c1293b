"""A ridge regression that predicts a post's reward from its text, hour, topic and format.

Its error is measured on posts it did not see: leave-one-out, in closed form, against predicting the mean.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Vector = NDArray[np.float64]

CHUNK = 4096
"""Rows of a design that are in memory at once."""


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
    design = Design(examples)
    sums = Sums(len(design.names))
    for rows in design.chunks(0, len(examples)):
        sums.add(rows.columns, rows.rewards)
    line = sums.solved(ridge)
    fitted = Predictor(base=line.base, weights=dict(zip(design.names, map(float, line.weights), strict=True)))
    left_out, of_mean, count = 0.0, 0.0, len(examples)
    for rows in design.chunks(0, count):
        centred = rows.columns - line.centre
        leverage = ((centred @ line.inverse) * centred).sum(axis=1) + 1.0 / count
        errors = rows.rewards - line.base - rows.columns @ line.weights
        left_out += float(np.abs(errors / np.maximum(1.0 - leverage, 1e-9)).sum())
        of_mean += float(np.abs(rows.rewards - line.mean).sum())
    if count < 2:  # noqa: PLR2004 - one post cannot be left out of one post
        return fitted, Evaluation(examples=count, error=None, error_of_mean=None)
    return fitted, Evaluation(examples=count, error=left_out / count, error_of_mean=of_mean / (count - 1))


class Rows(NamedTuple):
    """Some examples as rows of columns, and their rewards."""

    columns: Vector
    rewards: Vector


class Design:
    """Examples as rows of all columns that any of them has; what one does not have is 0.

    Rows are made a few thousand at a time: all at once would be larger than everything else in memory.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples
        names: set[str] = set()
        for one in examples:
            names.update(one.features)
            names.update(_arm_columns(one.topic, one.format))
        self.names = sorted(names)
        self._places = {name: place for place, name in enumerate(self.names)}

    def chunks(self, first: int, end: int) -> Iterator[Rows]:
        """Return the rows from one example to another, in chunks."""
        for begin in range(first, end, CHUNK):
            yield self._rows(self._examples[begin : min(end, begin + CHUNK)])

    def _rows(self, examples: Sequence[Example]) -> Rows:
        columns, places = np.zeros((len(examples), len(self.names))), self._places
        for row, one in zip(columns, examples, strict=True):
            of_one = [places[name] for name in (*one.features, *_arm_columns(one.topic, one.format))]
            row[of_one] = [*one.features.values(), 1.0, 1.0]
        return Rows(columns, np.array([one.reward for one in examples]))


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted regression: base, weights, and what leverages are made of."""

    base: float
    weights: Vector
    centre: Vector
    mean: float
    inverse: Vector


class Sums:
    """All that a ridge regression needs of rows, so that later ones can be added."""

    def __init__(self, columns: int) -> None:
        self._count, self._rewards = 0, 0.0
        self._columns, self._products = np.zeros(columns), np.zeros(columns)
        self._squares = np.zeros((columns, columns))

    def add(self, columns: Vector, rewards: Vector) -> None:
        """Add rows."""
        self._count += len(rewards)
        self._rewards += float(rewards.sum())
        self._columns += columns.sum(axis=0)
        self._products += columns.T @ rewards
        self._squares += columns.T @ columns

    def solved(self, ridge: float) -> Line:
        """Return the regression on the rows so far; their mean is not penalised."""
        mean, centre = self._rewards / self._count, self._columns / self._count
        squares = self._squares - self._count * np.outer(centre, centre)
        inverse = np.linalg.inv(squares + ridge * np.eye(len(centre))).astype(np.float64)
        weights = inverse @ (self._products - self._count * mean * centre)
        return Line(mean - float(centre @ weights), weights, centre, mean, inverse)


def _arm_columns(topic: str, format_: str) -> tuple[str, str]:
    return f"topic={topic}", f"format={format_}"


def _columns(features: Mapping[str, float], topic: str, format_: str) -> dict[str, float]:
    return {**features, **dict.fromkeys(_arm_columns(topic, format_), 1.0)}
