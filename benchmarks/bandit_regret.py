"""What the bandit's rules lose against the best arm: ``python -m benchmarks.bandit_regret [--seeds 40] [--json]``.

Six topics of one format are read by an audience that reacts with chance .02 to .08, in an order of the seed's. Regret
is the sum over all posts of what the best arm of the moment would have earned more, in expectation. Scenarios: nothing
changes; at half time the order is reversed, so that the best becomes the worst; each outcome is known 50 posts late;
both of these.

Rules, all in this one run:

* plain: Thompson sampling with a uniform Beta prior over each arm.
* plain, told: the same, forgetting everything at the moment of the change, which it is told. No rule could know it.
* steady and restarting: the product's two rules, its own code, with a prior strength that fits rewards of this size.
* bold: restarting without the restarts, so only drawn with less variance: what of the gain is the boldness.
* restarting, told: the product's, all evidence cut at the change, which it is told: the bound of its kind.

The choice of a post is one draw, which is what the product's estimated chances are the long run of.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from xbot_assets.domain.learning.bandit import Arm, prior
from xbot_assets.domain.learning.changes import ChangeWatcher, WatchRules

RATES = np.linspace(0.02, 0.08, 6)
ROUNDS = 3000
DELAY = 50
STRENGTH = 25.0
"""A prior deviation of .05 of each effect: of the size of the differences between arms here."""
NEVER = float("inf")
ARMS = [Arm(str(number), "post") for number in range(len(RATES))]


class BanditRule(Protocol):
    """Chooses an arm, learns what one earned, and may be told that everything has changed."""

    def choose(self) -> int:
        """Return the arm of the next post."""
        ...

    def learn(self, arm: int, reward: float) -> None:
        """Take one outcome in."""
        ...

    def told(self) -> None:
        """Forget: everything has changed."""
        ...


class Plain:
    """Thompson sampling over independent arms with Beta(1, 1) priors."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.told()

    def told(self) -> None:
        """Forget everything."""
        self._hits, self._misses = np.ones(len(RATES)), np.ones(len(RATES))

    def choose(self) -> int:
        """Take the best of one draw."""
        return int(self._rng.beta(self._hits, self._misses).argmax())

    def learn(self, arm: int, reward: float) -> None:
        """Count one post."""
        self._hits[arm] += reward
        self._misses[arm] += 1 - reward


class Product:
    """A rule of the product."""

    def __init__(self, rng: np.random.Generator, rules: WatchRules) -> None:
        self._rng, self._rules = rng, rules
        self.told()

    def told(self) -> None:
        """Begin anew."""
        self._watcher = ChangeWatcher(prior([arm.topic for arm in ARMS], ["post"], strength=STRENGTH), self._rules)

    def choose(self) -> int:
        """Take the best of one draw of the topics' effects."""
        effects = slice(1, 1 + len(ARMS))
        covariance = self._watcher.covariance[effects, effects] * self._rules.draw_variance
        drawn = np.linalg.cholesky(covariance) @ self._rng.standard_normal(len(ARMS))
        return int((self._watcher.mean[effects] + drawn).argmax())

    def learn(self, arm: int, reward: float) -> None:
        """Learn from one post."""
        self._watcher.see(ARMS[arm], reward)


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
STEADY = WatchRules(threshold=NEVER, draw_variance=1.0)
BOLD = WatchRules(threshold=NEVER)
RULES: dict[str, tuple[Callable[[np.random.Generator], BanditRule], bool]] = {
    "plain": (Plain, False),
    "steady": (lambda rng: Product(rng, STEADY), False),
    "bold": (lambda rng: Product(rng, BOLD), False),
    "restarting": (lambda rng: Product(rng, WatchRules()), False),
    "plain, told": (Plain, True),
    "restarting, told": (lambda rng: Product(rng, WatchRules()), True),
}
"""Each rule, and whether it is told of the change."""


def regret(rule: BanditRule, scenario: Scenario, rng: np.random.Generator, *, told: bool) -> float:
    """Return what one run loses."""
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


def all_regrets(name: str, scenario: Scenario, seeds: Sequence[int]) -> NDArray[np.float64]:
    """Return the regret of each seed; the audience of a seed is the same for all rules."""
    make, told = RULES[name]
    runs = [
        regret(make(np.random.default_rng([seed, 1])), scenario, np.random.default_rng(seed), told=told)
        for seed in seeds
    ]
    return np.array(runs)


def main() -> None:
    """Run every rule in every scenario and print medians, means, standard errors, and medians over plain's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    rows = []
    for scenario in SCENARIOS:
        plain = 0.0
        for name in RULES:
            if RULES[name][1] and scenario.change == NEVER:
                continue
            began = time.perf_counter()
            lost = all_regrets(name, scenario, seeds)
            middle = float(np.median(lost))
            plain = plain or middle
            row = {
                "scenario": scenario.name,
                "rule": name,
                "median": round(middle, 1),
                "mean": round(float(lost.mean()), 1),
                "standard_error": round(float(lost.std(ddof=1) / np.sqrt(len(lost))), 1),
                "of_plain": round(middle / plain, 2),
                "seconds": round(time.perf_counter() - began, 1),
            }
            rows.append(row)
            if not asked.json:
                print("  ".join(f"{key} {value}" for key, value in row.items() if key != "seconds"), flush=True)
    if asked.json:
        print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
