"""Would context make the bandit better? ``python -m benchmarks.context_bandit [--days 30] [--seeds 20] [--json]``.

On the sandbox's hard audience, paired by seed, Thompson sampling over a Bayesian linear model is played with more and
more columns, in the place of the product's own:

* product: base, topics and formats, with the product's noise and prior. What it does without champions and tests.
* tuned: the same columns, with the noise and the spread of effects that such readers have.
* pairs: one more column for each topic in each format.
* recency: how many of the last days' posts had the topic, and the format.
* weekend: one more column for each topic at weekends.
* hour: the hour on two circles and the weekend, which change all arms alike and take their noise away.
* all: all of these.

Printed are the ratios of expected engagement a post in the last week, over random, and over ``product``, each with a
paired 95 % interval over seeds. A column earns its place when the interval of the second is above nought.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.learning.bandit import PRIOR_MEAN, PRIOR_SPREAD, REWARD_NOISE, Arm, Choice, Vector
from xbot_assets.llm.persona import load_persona
from xbot_assets.settings import Settings
from xbot_assets.simulation.measures import WEEK, Ratio, between, means, ratio
from xbot_assets.simulation.policies import Measured, Policy, Random
from xbot_assets.simulation.setup import BEGINS, Setup, life_of, setup_from

HALF_LIFE = timedelta(days=1.5)
REMEMBERED = timedelta(days=9)
UNSEEN_POSTS = 3.0
"""Added to the posts that recency is a share of."""
DRAWS = 1000
TUNED_NOISE, TUNED_SPREAD = 0.12, 0.08
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns there are beside base, topics and formats: the prior deviation of each, 0 for none."""

    noise: float = TUNED_NOISE
    spread: float = TUNED_SPREAD
    pairs: float = 0.0
    recency: float = 0.0
    weekend: float = 0.0
    hour: float = 0.0


VARIANTS = {
    "product": Columns(noise=REWARD_NOISE, spread=PRIOR_SPREAD / math.sqrt(2)),
    "tuned": Columns(),
    "pairs": Columns(pairs=0.05),
    "recency": Columns(recency=0.1),
    "weekend": Columns(weekend=0.04),
    "hour": Columns(hour=0.05),
    "all": Columns(pairs=0.05, recency=0.1, weekend=0.04, hour=0.05),
}


@dataclass(slots=True)
class ContextBandit:
    """Thompson sampling with the columns of a context; learns each post by what was known when it was planned."""

    setup: Setup
    columns: Columns
    precision: Vector = field(init=False)
    information: Vector = field(init=False)
    planned: list[tuple[datetime, Arm]] = field(default_factory=list)
    contexts: list[Vector] = field(default_factory=list)

    def __post_init__(self) -> None:
        deviations = np.array(list(self._deviations()))
        self.precision, self.information = np.diag(1 / deviations**2), np.zeros(len(deviations))

    def choose(self, count: int, rng: np.random.Generator, now: datetime) -> tuple[Sequence[Choice], int | None]:
        """Draw effects once, and take for each slot an arm by its share of draws in which it is best."""
        covariance = np.linalg.inv(self.precision)
        root = np.linalg.cholesky(covariance)
        draws = covariance @ self.information + rng.standard_normal((DRAWS, len(root))) @ root.T
        self.planned = [one for one in self.planned if now - one[0] < REMEMBERED]
        left, chosen = np.ones(len(self.setup.arms)), list[Choice]()
        for place in range(count):
            at = now + self.setup.pace.first_delay + place * self.setup.pace.spacing
            rows = self._rows(at)
            shares = (np.bincount((draws @ rows.T).argmax(axis=1), minlength=len(left)) + 0.5) * left
            shares /= shares.sum()
            index = int(rng.choice(len(left), p=shares))
            left[index] = 0.0
            self.planned.append((at, self.setup.arms[index]))
            self.contexts.append(rows[index])
            chosen.append(Choice(self.setup.arms[index], float(shares[index]), {}))
        return chosen, None

    def learn(self, measured: Sequence[Measured], now: datetime) -> None:
        """Add each post's row; posts are numbered in the order in which they were chosen."""
        del now
        for one in measured:
            row = self.contexts[one.number]
            self.precision = self.precision + np.outer(row, row) / self.columns.noise**2
            self.information = self.information + row * (one.reward - PRIOR_MEAN) / self.columns.noise**2

    def _deviations(self) -> Iterator[float]:
        start, columns = self.setup.start, self.columns
        yield from [columns.spread] * (1 + len(start.topics) + len(start.formats))
        yield from [columns.pairs] * len(self.setup.arms) if columns.pairs else ()
        yield from [columns.recency] * 2 if columns.recency else ()
        yield from [columns.weekend] * len(start.topics) if columns.weekend else ()
        yield from [columns.hour] * 5 if columns.hour else ()

    def _rows(self, at: datetime) -> Vector:
        return np.array([list(self._row(index, arm, at)) for index, arm in enumerate(self.setup.arms)])

    def _row(self, index: int, arm: Arm, at: datetime) -> Iterator[float]:
        start, columns = self.setup.start, self.columns
        weekend = float(at.weekday() >= SATURDAY)
        yield 1.0
        yield from (float(topic == arm.topic) for topic in start.topics)
        yield from (float(form == arm.format) for form in start.formats)
        if columns.pairs:
            yield from (float(other == index) for other in range(len(self.setup.arms)))
        if columns.recency:
            yield from self._shares(arm, at)
        if columns.weekend:
            yield from (weekend * (topic == arm.topic) for topic in start.topics)
        if columns.hour:
            angle = 2 * math.pi * (at.hour + at.minute / 60) / 24
            yield from (math.sin(angle), math.cos(angle), math.sin(2 * angle), math.cos(2 * angle), weekend)

    def _shares(self, arm: Arm, at: datetime) -> tuple[float, float]:
        weighed = [(2.0 ** (-(at - then) / HALF_LIFE), other) for then, other in self.planned]
        total = sum(weight for weight, _ in weighed) + UNSEEN_POSTS
        topic = sum(weight for weight, other in weighed if other.topic == arm.topic)
        form = sum(weight for weight, other in weighed if other.format == arm.format)
        return topic / total, form / total


def last_week(setup: Setup, policy: Policy, seed: int) -> float:
    """Return the expected engagement a post in the last week of one run."""
    life = life_of(setup, policy, seed)
    return means(between(life.posts, BEGINS, setup.days - WEEK, setup.days)).expected


def compared(setup: Setup, seeds: Sequence[int]) -> dict[str, tuple[Ratio, Ratio]]:
    """Return each variant's ratio over random, and over ``product``."""
    random = [last_week(setup, Random(setup.arms), seed) for seed in seeds]
    product: list[float] = []
    told: dict[str, tuple[Ratio, Ratio]] = {}
    for name, columns in VARIANTS.items():
        earned = [last_week(setup, ContextBandit(setup, columns), seed) for seed in seeds]
        product = product or earned
        told[name] = (ratio(earned, random), ratio(earned, product))
        print(f"{name}: {told[name]}", file=sys.stderr, flush=True)
    return told


def _words(one: Ratio) -> str:
    return f"{one.ratio:.3f} ({one.low or 0:.3f} to {one.high or 0:.3f})"


def main() -> None:
    """Play every variant on every seed and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--posts-a-day", type=float, default=8.0)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    setup = setup_from(Settings(), load_persona(), audience="hard", days=asked.days, posts_a_day=asked.posts_a_day)
    told = compared(setup, range(asked.first_seed, asked.first_seed + asked.seeds))
    if asked.json:
        print(json.dumps({name: [asdict(one) for one in pair] for name, pair in told.items()}, indent=2))
        return
    print(f"| {asked.days} days, {asked.posts_a_day:g} posts a day, {asked.seeds} seeds | over random | over product |")
    print("| --- | --- | --- |")
    for name, (over_random, over_product) in told.items():
        print(f"| {name} | {_words(over_random)} | {_words(over_product)} |")


if __name__ == "__main__":
    main()
