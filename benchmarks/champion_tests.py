"""What tests of champions find, and what they cost: ``python -m benchmarks.champion_tests [--runs 200] [--json]``.

Two bandits of fixed quality share the choice of posts, as they do while one is in test; the product's own functions
draw the arms, weigh the posts and decide. Both have learned from 300 posts, each under a taste of its own, so they
choose differently. Rewards are then made so that the second side's choices earn more or less, by exactly so much
engagement per view, than the first's; their spread is that of posts on the sandbox's hard audience, drawn from it.
Outcomes come six hours late, and it is decided once a day.

* equal: neither is better. Any change of champion is a false one.
* better, worse: the challenger is. It is promoted, or loses its share of the choice.
* wrongly promoted: the worse one is champion, its predecessor in test. It is rolled back.

Each run goes on for ``--posts``, with the tests that follow. Costs are in posts of the worse side: one that it has half
of the choice of costs half a post; whoever never noticed would lose them all.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.learning.bandit import (
    Arm,
    Observed,
    Posterior,
    Rule,
    Vector,
    learn,
    version_chances,
)
from xbot_assets.domain.learning.reward import RATE_CEILING, RATE_FLOOR
from xbot_assets.llm.persona import load_persona
from xbot_assets.settings import Settings
from xbot_assets.simulation.champions import Champions, Change, ChangeRules, Version
from xbot_assets.simulation.policies import Measured, Random
from xbot_assets.simulation.setup import BEGINS, Setup, life_of, setup_from

LEARNED_FROM = 300
TASTE = 0.07
"""Standard deviation of arms' mean rewards, as on the hard audience."""
USUAL = 0.6
"""An ordinary reward there."""
SIDES: tuple[Rule, Rule] = ("steady", "restarting")
"""The names of the first and the second side; what they say of ways of learning is not used here."""
LUCK_SEEDS = (1001, 1002, 1003)
OUTCOME_AGE = timedelta(hours=6)
DAY = timedelta(days=1)
FALSE_MOST = 0.05


@dataclass(frozen=True, slots=True)
class Case:
    """How many times the first side's engagement per view the second side's is, and who is champion at first.

    ``recent``: the champion has just been promoted, so the least time between two changes applies.
    """

    name: str
    times: float
    champion: Rule = "steady"
    recent: bool = False


CASES = (
    Case("equal", 1.0),
    Case("challenger 20 % better", 1.2),
    Case("challenger 20 % worse", 0.8),
    Case("20 % worse, wrongly promoted", 0.8, champion="restarting", recent=True),
    Case("challenger 40 % better", 1.4),
    Case("40 % worse, wrongly promoted", 0.6, champion="restarting", recent=True),
)


@dataclass(frozen=True, slots=True)
class Run:
    """How one run went: after how many posts the champion first changed, a challenger was first dropped, and the cost.

    ``back``: the champion, which should have stayed, changed again later.
    """

    changed: int | None
    dropped: int | None
    back: bool
    cost: float


class FixedSides(Champions):
    """The product's test of two sides that learn nothing more."""

    def __init__(self, sides: Sequence[Posterior], case: Case, rules: ChangeRules) -> None:
        super().__init__(sides[0], case.champion, rules)
        self._latest = {
            rule: Version(number, rule, side) for number, (rule, side) in enumerate(zip(SIDES, sides, strict=True), 1)
        }
        self.dropped = False
        self._since = BEGINS
        if case.recent:
            self.changes.append(Change(BEGINS, case.champion, "by chance"))

    def _begin_test(self, now: datetime, share: float) -> None:
        super()._begin_test(now, share)
        self.dropped = self.dropped or share == 0


@dataclass(slots=True)
class Luck(Random):
    """Chooses at random and keeps what was earned, to see how rewards spread."""

    earned: dict[Arm, list[float]] = field(default_factory=dict)

    def learn(self, measured: Sequence[Measured], now: datetime) -> None:
        """Keep rewards by arm."""
        del now
        for one in measured:
            self.earned.setdefault(one.choice.arm, []).append(one.reward)


def spread(setup: Setup) -> Vector:
    """Return how far rewards of posts on the hard audience are from their arm's mean."""
    apart = list[float]()
    for seed in LUCK_SEEDS:
        luck = Luck(setup.arms)
        life_of(setup, luck, seed)
        for rewards in luck.earned.values():
            if len(rewards) > 1:
                scale = math.sqrt(len(rewards) / (len(rewards) - 1))
                apart += [scale * (one - float(np.mean(rewards))) for one in rewards]
    return np.array(apart)


def taught(setup: Setup, luck: Vector, rng: np.random.Generator) -> Posterior:
    """Return a bandit that has learned from posts of one taste."""
    topics = dict(zip(setup.start.topics, rng.normal(0, TASTE, len(setup.start.topics)).tolist(), strict=True))
    formats = dict(zip(setup.start.formats, rng.normal(0, TASTE, len(setup.start.formats)).tolist(), strict=True))
    arms = [setup.arms[int(number)] for number in rng.integers(len(setup.arms), size=LEARNED_FROM)]
    means = [USUAL + topics[arm.topic] + formats[arm.format] for arm in arms]
    return learn(setup.start, [Observed(a, m + float(rng.choice(luck))) for a, m in zip(arms, means, strict=True)])


def rewards_of(chances: Sequence[Vector], gap: float, rng: np.random.Generator) -> Vector:
    """Return arms' mean rewards by which the second side earns ``gap`` more than the first, exactly."""
    apart = chances[1] - chances[0]
    length = float(apart @ apart)
    taste = rng.normal(0, TASTE, len(apart))
    return np.asarray(USUAL + taste + apart * (gap - float(taste @ apart)) / length, dtype=np.float64)


def gap_of(times: float) -> float:
    """Return the difference of rewards that so many times the engagement per view is."""
    return math.log(times) / math.log(RATE_CEILING / RATE_FLOOR)


def play(setup: Setup, case: Case, luck: Vector, seed: int, asked: argparse.Namespace) -> Run:
    """Play one test to its end."""
    rng = np.random.default_rng([seed, 7])
    sides = [taught(setup, luck, rng) for _ in SIDES]
    chances = [version_chances(side, number) for number, side in enumerate(sides, 1)]
    gap = gap_of(case.times)
    means = rewards_of(chances, gap, rng)
    best, cost = max(float(own @ means) for own in chances), 0.0
    champions = FixedSides(sides, case, setup.changes)
    before, now = len(champions.changes), BEGINS
    changed = dropped = None
    for number in range(1, asked.posts + 1):
        now += DAY / asked.pace
        drawn, version = champions.draw(1, rng, now)
        cost += best - float(drawn.chances @ means)
        (choice,) = drawn.chosen
        reward = float(means[setup.arms.index(choice.arm)] + rng.choice(luck))
        champions.judge([Measured(number, choice, version, now, now, reward).compared()], now + OUTCOME_AGE)
        if len(champions.changes) > before:
            changed = changed or number
        if champions.dropped:
            dropped = dropped or number
    back = len(champions.changes) > before + 1
    return Run(changed, dropped, back, cost / abs(gap) if gap else 0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One case over its runs: how many saw it, within how many posts; and the mean cost."""

    case: str
    runs: int
    changed: "Seen"
    dropped: "Seen"
    back: int
    cost_mean: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Seen:
    """In how many runs something happened at all and within 90 days, and after how many posts: median and 90 %."""

    runs: int
    in_90_days: int
    posts_median: float | None
    posts_of_90_percent: float | None

    def __str__(self) -> str:
        if self.posts_median is None:
            return "0"
        return (
            f"{self.runs} ({self.in_90_days} in 90 days), after {self.posts_median:.0f} posts, "
            f"90 % within {self.posts_of_90_percent:.0f}"
        )


def seen(posts: Sequence[int | None], pace: float) -> Seen:
    """Return when something happened, over runs."""
    known = [one for one in posts if one is not None]
    if not known:
        return Seen(0, 0, None, None)
    middle, most = (float(one) for one in np.quantile(known, (0.5, 0.9)))
    return Seen(len(known), sum(one <= 90 * pace for one in known), middle, most)


def row_of(setup: Setup, case: Case, luck: Vector, runs: int, asked: argparse.Namespace) -> Row:
    """Play a case's runs."""
    began = time.perf_counter()
    played = [play(setup, case, luck, seed, asked) for seed in range(asked.first_seed, asked.first_seed + runs)]
    return Row(
        case=case.name,
        runs=runs,
        changed=seen([one.changed for one in played], asked.pace),
        dropped=seen([one.dropped for one in played], asked.pace),
        back=sum(one.back for one in played),
        cost_mean=round(float(np.mean([one.cost for one in played])), 1),
        seconds=round(time.perf_counter() - began, 1),
    )


def main() -> int:
    """Play all cases; the exit code is 1 when champions change by chance in more than 5 % of the equal runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="of the equal case")
    parser.add_argument("--other-runs", type=int, default=60, help="of each other case")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--posts", type=int, default=3000)
    parser.add_argument("--pace", type=float, default=8.0, help="posts a day")
    parser.add_argument("--share", type=float, help="the challenger's share of the choice, else the setting's")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    settings = Settings() if asked.share is None else Settings(compare_share=asked.share)
    setup = setup_from(settings, load_persona(), audience="hard", days=30, posts_a_day=asked.pace)
    luck, rows = spread(setup), list[Row]()
    print(f"A reward's standard deviation is {luck.std():.3f}.", file=sys.stderr)
    for case in CASES:
        rows.append(row_of(setup, case, luck, asked.runs if case.times == 1 else asked.other_runs, asked))
        print(asdict(rows[-1]), file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        _print(rows, asked)
    return int(rows[0].changed.runs > FALSE_MOST * asked.runs)


def _print(rows: Sequence[Row], asked: argparse.Namespace) -> None:
    print(f"| {asked.pace:g} posts a day, {asked.posts} posts | runs | changed | changed back | dropped | cost |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print(f"| {row.case} | {row.runs} | {row.changed} | {row.back} | {row.dropped} | {row.cost_mean:g} posts |")


if __name__ == "__main__":
    sys.exit(main())
