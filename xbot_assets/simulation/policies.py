"""Who chooses what simulated posts are about. No policy sees more than a real account does: its posts and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np

from xbot_assets.domain.learning import bandit
from xbot_assets.domain.learning.bandit import Arm, Choice, Observed, Posterior
from xbot_assets.simulation.champions import Champions
from xbot_assets.store.learning.comparisons import ComparedPost


@dataclass(frozen=True, slots=True)
class Measured:
    """A post whose outcome is known: its choice, by which version, and its reward."""

    number: int
    choice: Choice
    version_id: int | None
    planned_at: datetime
    published_at: datetime
    reward: float

    def with_reward(self, reward: float) -> "Measured":
        """Return it with what it earned."""
        return replace(self, reward=reward)

    def compared(self) -> ComparedPost:
        """Return it as it is compared on."""
        return ComparedPost(
            self.number,
            self.choice.arm.topic,
            self.choice.arm.format,
            {"length": 1.0},
            "llm",
            self.choice.propensity,
            self.choice.chances,
            self.version_id,
            tested_version_id=None,
            planned_at=self.planned_at,
            published_at=self.published_at,
            removed=False,
            reward=self.reward,
        )


class Policy(Protocol):
    """Chooses arms and learns what they earned."""

    def choose(self, count: int, rng: np.random.Generator, now: datetime) -> tuple[Sequence[Choice], int | None]:
        """Return the arms of one plan, and the version that chose them."""
        ...

    def learn(self, measured: Sequence[Measured], now: datetime) -> None:
        """Take outcomes in, those of the earliest posts first."""
        ...


@dataclass(slots=True)
class NoLearning:
    """The product's bandit, for ever at its prior."""

    start: Posterior

    def choose(self, count: int, rng: np.random.Generator, now: datetime) -> tuple[Sequence[Choice], int | None]:
        """Draw from the prior."""
        del now
        return bandit.choose(self.start, count, rng).chosen, None

    def learn(self, measured: Sequence[Measured], now: datetime) -> None:
        """Learn nothing."""


@dataclass(slots=True)
class Random:
    """Different arms at random, all with one chance."""

    arms: Sequence[Arm]

    def choose(self, count: int, rng: np.random.Generator, now: datetime) -> tuple[Sequence[Choice], int | None]:
        """Draw without looking at anything."""
        del now
        picked = rng.choice(len(self.arms), size=min(count, len(self.arms)), replace=False)
        return [Choice(self.arms[int(index)], 1 / len(self.arms), {}) for index in picked], None

    def learn(self, measured: Sequence[Measured], now: datetime) -> None:
        """Learn nothing."""


@dataclass(slots=True)
class Fixed:
    """Always one arm."""

    arm: Arm

    def choose(self, count: int, rng: np.random.Generator, now: datetime) -> tuple[Sequence[Choice], int | None]:
        """Return the arm for every post."""
        del rng, now
        return [Choice(self.arm, 1.0, {})] * count, None

    def learn(self, measured: Sequence[Measured], now: datetime) -> None:
        """Learn nothing."""


@dataclass(slots=True)
class Ours:
    """The product: its champion's way of learning, the other one in test, and a change only by proof."""

    champions: Champions

    def choose(self, count: int, rng: np.random.Generator, now: datetime) -> tuple[Sequence[Choice], int | None]:
        """Draw from the champion's newest version."""
        drawn, version = self.champions.draw(count, rng, now)
        return drawn.chosen, version

    def learn(self, measured: Sequence[Measured], now: datetime) -> None:
        """Train both ways of learning, and judge them by what became known."""
        self.champions.train([Observed(one.choice.arm, one.reward) for one in measured])
        self.champions.judge([one.compared() for one in measured], now)
