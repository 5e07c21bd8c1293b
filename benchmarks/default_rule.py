"""Which way of learning should a new account begin with? ``python -m benchmarks.default_rule [--days 30 --days 90]``.

Both ways are played alone and with the other in test, on hard readers whose taste drifts as it does, stands still, or
is turned round in the middle: expected engagement a post in the last week, and over all days, of restarting over
steady. Ratios are geometric means over seeds with paired 95 % t intervals.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xbot_assets.domain.learning.bandit import Rule
from xbot_assets.llm.persona import load_persona
from xbot_assets.settings import Settings
from xbot_assets.simulation.measures import WEEK, Ratio, between, means, ratio
from xbot_assets.simulation.names import PolicyName
from xbot_assets.simulation.setup import BEGINS, Setup, life_of, policy_of, setup_from

WORLDS = ("drifting", "still", "turned")
SIDES: tuple[Rule, Rule] = ("restarting", "steady")


@dataclass(frozen=True, slots=True)
class Earned:
    """Expected engagement a post of one life: in its last week, and over all days."""

    week: float
    whole: float


def setup_of(world: str, days: int, posts_a_day: float, share: float | None) -> Setup:
    """Return a life on one kind of hard readers; ``share`` is the challenger's, ``None`` as shipped."""
    turn = days // 2 if world == "turned" else None
    setup = setup_from(Settings(), load_persona(), audience="hard", days=days, posts_a_day=posts_a_day, turn_day=turn)
    changes = setup.changes if share is None else replace(setup.changes, share=share)
    return replace(setup, changes=changes, still=world == "still")


def earned(setup: Setup, rule: Rule, seed: int) -> Earned:
    """Play one life that begins with a way of learning."""
    begun = replace(setup, rule=rule)
    posts = life_of(begun, policy_of(begun, PolicyName.OURS), seed).posts
    week = between(posts, BEGINS, setup.days - WEEK, setup.days)
    return Earned(means(week).expected, means(posts).expected)


def compared(setup: Setup, seeds: Sequence[int]) -> tuple[Ratio, Ratio]:
    """Return restarting over steady: in the last week, and over all days."""
    new, old = ([earned(setup, rule, seed) for seed in seeds] for rule in SIDES)
    week = ratio([one.week for one in new], [one.week for one in old])
    return week, ratio([one.whole for one in new], [one.whole for one in old])


def _words(one: Ratio) -> str:
    ends = [100 * ((end or one.ratio) - 1) for end in (one.low, one.high)]
    return f"{100 * (one.ratio - 1):+.0f} % ({ends[0]:.0f} to {ends[1]:.0f})"


def main() -> None:
    """Play every world and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, action="append")
    parser.add_argument("--posts-a-day", type=float, default=8.0)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="Without the rows in which the other way is in test.")
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    print("| restarting over steady | days | last week | all days |\n| --- | --- | --- | --- |")
    for days in asked.days or (30, 90):
        for world in WORLDS:
            for share in (0.0,) if asked.alone else (0.0, None):
                week, whole = compared(setup_of(world, days, asked.posts_a_day, share), seeds)
                name = f"{world}, {'alone' if share == 0 else 'the other in test'}"
                print(f"| {name} | {days} | {_words(week)} | {_words(whole)} |", flush=True)
    print(f"{asked.seeds} seeds, {asked.posts_a_day:g} posts a day", file=sys.stderr)


if __name__ == "__main__":
    main()
