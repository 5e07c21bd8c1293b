"""Other projects' bandits on the same readers: ``python -m benchmarks.oracles.other_bandits FIRST_SEED SEEDS``.

Run by another Python, which has them. Prints, as JSON, each rule's regrets by scenario. What has settings of which the
best is not known beforehand is tuned for each scenario on seeds of its own: that favours it.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gittins  # type: ignore[import-not-found]
import numpy as np
from mabwiser.mab import MAB, LearningPolicy  # type: ignore[import-not-found]
from river import bandit as river_bandit  # type: ignore[import-not-found]
from river import proba  # type: ignore[import-not-found]
from vowpalwabbit import Workspace  # type: ignore[import-not-found]

from benchmarks.bandit_world import RATES, SCENARIOS, BanditRule, Scenario, regret

ARMS = list(range(len(RATES)))
TUNING_SEEDS = range(9000, 9005)
HORIZON = 1000.0


class Mabwiser:
    """Its Thompson sampling; until it has a first reward it cannot be asked, so arms are drawn at random."""

    def __init__(self, seed: int) -> None:
        self._mab = MAB(ARMS, LearningPolicy.ThompsonSampling(), seed=seed)
        self._rng, self._fitted = np.random.default_rng([seed, 1]), False

    def choose(self) -> int:
        """Ask for one arm."""
        return int(self._mab.predict()) if self._fitted else int(self._rng.integers(len(ARMS)))

    def learn(self, arm: int, reward: float) -> None:
        """Fit one reward."""
        (self._mab.partial_fit if self._fitted else self._mab.fit)([arm], [int(reward)])
        self._fitted = True

    def told(self) -> None:
        """Is never told."""


class River:
    """One of its policies."""

    def __init__(self, seed: int, make: Callable[[int], Any]) -> None:
        self._policy = make(seed)

    def choose(self) -> int:
        """Pull."""
        return int(self._policy.pull(ARMS))

    def learn(self, arm: int, reward: float) -> None:
        """Update."""
        self._policy.update(arm, bool(reward))

    def told(self) -> None:
        """Is never told."""


class Gittins:
    """The engine of that name, without context."""

    def __init__(self, seed: int, **options: float) -> None:
        self._state = gittins.create(bits=8, horizon=HORIZON, **options)
        self._arms = [(f"arm-{arm}", {}) for arm in ARMS]
        self._seed, self._now, self._open = seed, 0, list[tuple[int, Any]]()

    def choose(self) -> int:
        """Decide."""
        self._now += 1
        made = gittins.decide(self._state, {}, self._arms, float(self._now), f"{self._seed}-{self._now}")
        self._open.append((int(made.chosen), made.decision_id))
        return int(made.chosen)

    def learn(self, arm: int, reward: float) -> None:
        """Resolve the oldest open decision."""
        chosen, decision = self._open.pop(0)
        assert chosen == arm  # noqa: S101
        gittins.learn(self._state, decision, reward, float(self._now))

    def told(self) -> None:
        """Is never told."""


class VowpalWabbit:
    """``--cb_explore`` without context."""

    def __init__(self, seed: int, words: str) -> None:
        self._workspace = Workspace(f"--cb_explore {len(ARMS)} {words} --quiet --random_seed {seed}")
        self._rng, self._open = np.random.default_rng([seed, 1]), list[tuple[int, float]]()

    def choose(self) -> int:
        """Draw from what it predicts."""
        chances = np.array(self._workspace.predict("| a"))
        chances /= chances.sum()
        arm = int(self._rng.choice(len(ARMS), p=chances))
        self._open.append((arm, float(chances[arm])))
        return arm

    def learn(self, arm: int, reward: float) -> None:
        """Learn the oldest open one."""
        chosen, chance = self._open.pop(0)
        assert chosen == arm  # noqa: S101
        self._workspace.learn(f"{arm + 1}:{-reward}:{chance} | a")

    def told(self) -> None:
        """Is never told."""


Make = Callable[[int], BanditRule]


def _river_thompson(seed: int) -> Any:  # noqa: ANN401
    return river_bandit.ThompsonSampling(reward_obj=proba.Beta(), seed=seed)


def _river_bayes_ucb(seed: int) -> Any:  # noqa: ANN401
    return river_bandit.BayesUCB(seed=seed)


VW_WORDS = (
    "--epsilon 0.02",
    "--epsilon 0.1",
    "--epsilon 0.1 --power_t 0",
    "--bag 5",
    "--cover 4",
    "--squarecb --gamma_scale 100",
    "--squarecb --gamma_scale 1000",
    "--squarecb --gamma_scale 1000 --power_t 0",
)
GITTINS = tuple({"epsilon": e, "forgetfulness": f} for e in (0.02, 0.1) for f in (1.0, 0.999, 0.99))
RULES: dict[str, tuple[tuple[str, Make], ...]] = {
    "mabwiser": (("", Mabwiser),),
    "river, Thompson": (("", partial(River, make=_river_thompson)),),
    "river, Bayes UCB": (("", partial(River, make=_river_bayes_ucb)),),
    "gittins, tuned": tuple((json.dumps(one), partial(Gittins, **one)) for one in GITTINS),
    "Vowpal Wabbit, tuned": tuple((words, partial(VowpalWabbit, words=words)) for words in VW_WORDS),
}


def regrets(make: Make, scenario: Scenario, seeds: Sequence[int]) -> list[float]:
    """Return what is lost on each seed."""
    return [regret(make(seed), scenario, np.random.default_rng(seed), told=False) for seed in seeds]


def tuned(options: Sequence[tuple[str, Make]], scenario: Scenario) -> tuple[str, Make]:
    """Return the option that loses least on the seeds for tuning."""
    if len(options) == 1:
        return options[0]
    lost = [float(np.mean(regrets(make, scenario, TUNING_SEEDS))) for _, make in options]
    return options[int(np.argmin(lost))]


def main() -> None:
    """Print every rule's regrets."""
    first, count = int(sys.argv[1]), int(sys.argv[2])
    rows = []
    for scenario in SCENARIOS:
        for name, options in RULES.items():
            began = time.perf_counter()
            words, make = tuned(options, scenario)
            lost = regrets(make, scenario, range(first, first + count))
            row = {"scenario": scenario.name, "rule": name, "options": words, "regrets": lost}
            rows.append(row | {"seconds": round(time.perf_counter() - began, 1)})
            print(scenario.name, name, words, round(float(np.median(lost)), 1), file=sys.stderr, flush=True)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
