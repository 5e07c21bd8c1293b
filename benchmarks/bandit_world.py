"""The readers that bandits are compared on: six arms, four scenarios. Needs numpy alone: every environment has it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

RATES = np.linspace(0.02, 0.08, 6)
ROUNDS = 3000
DELAY = 50
NEVER = float("inf")


class BanditRule(Protocol):
    """Chooses an arm, learns what one earned, and may be told that everything has changed."""

    def choose(self) -> int:
        """Return the arm of the next post."""
        ...

    def learn(self, arm: int, reward: float) -> None:
        """Take one outcome in; outcomes come in the order of the posts."""
        ...

    def told(self) -> None:
        """Forget: everything has changed."""
        ...


@dataclass(frozen=True, slots=True)
class Scenario:
    """When the order is reversed, if it is, and how many posts late an outcome is known."""

    name: str
    change: float
    delay: int


SCENARIOS = (
    Scenario("stationary", NEVER, 0),
    Scenario("drift at T/2", ROUNDS / 2, 0),
    Scenario("delay 50", NEVER, DELAY),
    Scenario("drift and delay", ROUNDS / 2, DELAY),
)


def regret(rule: BanditRule, scenario: Scenario, rng: np.random.Generator, *, told: bool) -> float:
    """Return what one run loses against the best arm of each moment, in expectation."""
    rates = rng.permutation(RATES)
    chance = rng.random(ROUNDS)
    lost, waiting = 0.0, list[tuple[int, float]]()
    for now in range(ROUNDS):
        if now == scenario.change:
            rates = RATES.min() + RATES.max() - rates
            if told:
                rule.told()
        arm = rule.choose()
        lost += float(rates.max() - rates[arm])
        waiting.append((arm, float(chance[now] < rates[arm])))
        if len(waiting) > scenario.delay:
            rule.learn(*waiting.pop(0))
    return lost
