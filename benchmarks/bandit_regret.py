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

With ``--others DIR`` also, in the same run and on the same readers, mabwiser's Thompson sampling, river's Thompson
sampling and Bayes UCB, and, tuned, gittins and Vowpal Wabbit: they are installed from PyPI into an environment of their
own in that directory, once, which needs 400 MB.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bandit_world import NEVER, RATES, SCENARIOS, BanditRule, Scenario, regret
from xbot_assets.domain.learning.bandit import Arm, prior
from xbot_assets.domain.learning.changes import ChangeWatcher, WatchRules

STRENGTH = 25.0
"""A prior deviation of .05 of each effect: of the size of the differences between arms here."""
ARMS = [Arm(str(number), "post") for number in range(len(RATES))]


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


STEADY = WatchRules(threshold=NEVER, draw_variance=1.0)
BOLD = WatchRules(threshold=NEVER)
OTHERS = ("mabwiser==2.7.4", "river==0.26.1", "gittins==2.0.1", "vowpalwabbit==9.11.9")
RULES: dict[str, tuple[Callable[[np.random.Generator], BanditRule], bool]] = {
    "plain": (Plain, False),
    "steady": (lambda rng: Product(rng, STEADY), False),
    "bold": (lambda rng: Product(rng, BOLD), False),
    "restarting": (lambda rng: Product(rng, WatchRules()), False),
    "plain, told": (Plain, True),
    "restarting, told": (lambda rng: Product(rng, WatchRules()), True),
}
"""Each rule, and whether it is told of the change."""


def all_regrets(name: str, scenario: Scenario, seeds: Sequence[int]) -> NDArray[np.float64]:
    """Return the regret of each seed; the audience of a seed is the same for all rules."""
    make, told = RULES[name]
    runs = [
        regret(make(np.random.default_rng([seed, 1])), scenario, np.random.default_rng(seed), told=told)
        for seed in seeds
    ]
    return np.array(runs)


def ours(seeds: Sequence[int]) -> Iterator[tuple[str, str, str, NDArray[np.float64], float]]:
    """Yield scenario, rule, its options, its regrets and the seconds that they took."""
    for scenario in SCENARIOS:
        for name, (_, told) in RULES.items():
            if told and scenario.change == NEVER:
                continue
            began = time.perf_counter()
            lost = all_regrets(name, scenario, seeds)
            yield scenario.name, name, "", lost, time.perf_counter() - began


def others(folder: Path, seeds: range) -> Iterator[tuple[str, str, str, NDArray[np.float64], float]]:
    """Yield the same of other projects' bandits, which another Python plays."""
    python = folder / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *OTHERS])
    with tempfile.TemporaryFile("w+") as said:
        _run([str(python), "-m", "benchmarks.oracles.other_bandits", str(seeds.start), str(len(seeds))], said)
        said.seek(0)
        for row in json.load(said):
            yield row["scenario"], row["rule"], row["options"], np.array(row["regrets"]), row["seconds"]


def _run(command: list[str], to: Any = None) -> None:  # noqa: ANN401 - a file
    subprocess.run(command, check=True, stdout=to, cwd=Path(__file__).parent.parent)  # noqa: S603 - our own words


def main() -> None:
    """Run every rule in every scenario and print medians, means, standard errors, and medians over plain's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--others", type=Path, metavar="DIR", help="where other bandits are, or are installed")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    rows, plain = [], dict[str, float]()
    played = [ours(seeds)] + ([others(asked.others, seeds)] if asked.others else [])
    for scenario, rule, options, lost, seconds in (one for part in played for one in part):
        middle = float(np.median(lost))
        row = {
            "scenario": scenario,
            "rule": rule,
            "median": round(middle, 1),
            "mean": round(float(lost.mean()), 1),
            "standard_error": round(float(lost.std(ddof=1) / np.sqrt(len(lost))), 1),
            "of_plain": round(middle / plain.setdefault(scenario, middle), 2),
            "options": options,
            "seconds": round(seconds, 1),
        }
        rows.append(row)
        if not asked.json:
            print("  ".join(f"{key} {value}" for key, value in row.items() if key != "seconds"), flush=True)
    if asked.json:
        print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
