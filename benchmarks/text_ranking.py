"""Does the predictor foretell, and does ranking texts by it pay? ``python -m benchmarks.text_ranking [--days 90]``.

The product's bandit chooses arms on the sandbox's readers; each slot has candidate texts, in tones at random, and the
first goes out. The predictor is fitted anew every day, as the product does, and never sees a post before it is old
enough. For each slot it is noted which candidate it would have taken, and what each was expected to earn without luck.
Printed for each audience, as means over seeds with 95 % t intervals:

* on the later half of the posts, foretold in the order of time (``domain/learning/later_posts.py``): rank correlation
  and error beside the mean of the arm, calibration slope, and what the text says within an arm;
* by how much the taken candidate is better than one at random, in engagement per view and in reward: always, and only
  on days on which the product's rule lets the predictor rank; the best candidate of all is the bound.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.domain.learning.features import post_features, with_hour
from xbot_assets.domain.learning.later_posts import LaterPosts, foretold
from xbot_assets.domain.learning.predictor import Example, Predictor, fit
from xbot_assets.domain.learning.reward import RATE_CEILING, RATE_FLOOR, engagement_score
from xbot_assets.domain.learning.students import quantile
from xbot_assets.llm.persona import load_persona
from xbot_assets.sandbox.people.audiences import NAMES
from xbot_assets.settings import Settings
from xbot_assets.simulation.names import PolicyName
from xbot_assets.simulation.policies import Measured
from xbot_assets.simulation.setup import BEGINS, DAY, Setup, policy_of, setup_from
from xbot_assets.simulation.texts import library
from xbot_assets.simulation.world import Published, World

UTC_ZONE = ZoneInfo("UTC")
REWARD_OF_LOG = 1 / math.log(RATE_CEILING / RATE_FLOOR)
"""What one unit of the logarithm of engagement per view is worth in reward."""
WARM_DAYS = 30
"""Gains are told of slots from this day on: before, there is little to rank by."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot: logarithms of what ranking gains, and what the best candidate would, over one at random."""

    day: float
    ranked: float
    best: float
    allowed: bool


@dataclass(slots=True)
class Ranking:
    """One account's life, and what ranking would have gained."""

    setup: Setup
    seed: int
    candidates: int
    ridge: float
    slots: list[Slot] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    _model: Predictor | None = None
    _later: LaterPosts | None = None

    def live(self) -> LaterPosts | None:
        """Live through all days, and return what the last posts say of the predictor."""
        world, policy = World(self.setup.readers(self.seed), self.seed), policy_of(self.setup, PolicyName.OURS)
        choices, luck = np.random.default_rng([self.seed, 1]), np.random.default_rng([self.seed, 2])
        waiting: list[tuple[datetime, Measured, Published, Example]] = []
        now, number, trained = BEGINS, 0, BEGINS
        pace = self.setup.pace
        while now < BEGINS + self.setup.days * DAY:
            due, waiting = [one for one in waiting if one[0] <= now], [one for one in waiting if one[0] > now]
            policy.learn(list(self._measured(world, due)), now)
            if now - trained >= DAY:
                self._train()
                trained = now
            drawn, version = policy.choose(pace.posts_per_plan, choices, now)
            for place, choice in enumerate(drawn):
                at = (now + pace.first_delay + place * pace.spacing).replace(microsecond=0)
                texts = self._texts(choice.arm, luck)
                seen = [with_hour(post_features(text, tone), at, UTC_ZONE) for text, tone in texts]
                self._note(world, choice.arm, texts, seen, at)
                post = world.publish(str(number), texts[0][0], at)
                measured = Measured(number, choice, version, now, at, 0.0)
                example = Example(seen[0], choice.arm.topic, choice.arm.format, 0.0)
                waiting.append((at + pace.outcome_age, measured, post, example))
                number += 1
            now += pace.interval
        return foretold(self.examples, ridge=self.ridge)

    def _measured(
        self, world: World, due: Sequence[tuple[datetime, Measured, Published, Example]]
    ) -> Iterator[Measured]:
        for at, measured, post, example in due:
            score = engagement_score(world.counts(post, at))
            if score is not None:
                self.examples.append(example._replace(reward=score))
                yield measured.with_reward(score)

    def _train(self) -> None:
        newest = self.examples[-self.setup.changes.learned_from :]
        if newest:
            self._model, _ = fit(newest, ridge=self.ridge)
            self._later = foretold(newest, ridge=self.ridge)

    def _texts(self, arm: Arm, luck: np.random.Generator) -> list[tuple[str, str]]:
        tones = [str(luck.choice(self.setup.tones)) for _ in range(self.candidates)]
        return [(str(luck.choice(library(self.setup.arms, (tone,))[arm])), tone) for tone in tones]

    def _note(
        self,
        world: World,
        arm: Arm,
        texts: Sequence[tuple[str, str]],
        seen: Sequence[dict[str, float]],
        at: datetime,
    ) -> None:
        if self._model is None:
            return
        logs = [math.log(world.expected_rate(text, at)) for text, _ in texts]
        said = [self._model.predict(one, arm.topic, arm.format) for one in seen]
        mean = sum(logs) / len(logs)
        allowed = self._later is not None and self._later.ranks_texts
        self.slots.append(Slot((at - BEGINS) / DAY, logs[int(np.argmax(said))] - mean, max(logs) - mean, allowed))


def seen(setup: Setup, seed: int, candidates: int, ridge: float) -> dict[str, float]:
    """Return what one seed shows; gains as logarithms."""
    ranking = Ranking(setup, seed, candidates, ridge)
    later = ranking.live()
    slots = [slot for slot in ranking.slots if slot.day >= min(WARM_DAYS, setup.days / 2)]
    if later is None or not slots:
        raise SystemExit("Too few days: nothing could be said of later posts.")
    return later.model_dump() | {
        "always": float(np.mean([slot.ranked for slot in slots])),
        "by_rule": float(np.mean([slot.ranked * slot.allowed for slot in slots])),
        "best": float(np.mean([slot.best for slot in slots])),
        "allowed_share": float(np.mean([slot.allowed for slot in slots])),
    }


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean over seeds, and the ends of its 95 % t interval."""
    mean, count = float(np.mean(values)), len(values)
    reach = quantile(0.975, count - 1) * float(np.std(values, ddof=1)) / math.sqrt(count) if count > 1 else math.nan
    return mean, mean - reach, mean + reach


def told(audience: str, rows: Sequence[dict[str, float]]) -> Iterator[str]:
    """Say what the seeds of one audience show."""
    yield f"{audience} audience, {len(rows)} seeds"
    for name in rows[0]:
        mean, low, high = interval([row[name] for row in rows])
        line = f"  {name:<26}{mean:8.3f} ({low:.3f} to {high:.3f})"
        if name in {"always", "by_rule", "best"}:
            percents = [100 * math.expm1(value) for value in (mean, low, high)]
            rewards = [value * REWARD_OF_LOG for value in (mean, low, high)]
            line += "   per view {:+.1f} % ({:.1f} to {:.1f})".format(*percents)
            line += "   reward {:+.4f} ({:.4f} to {:.4f})".format(*rewards)
        yield line


def main() -> None:
    """Live every seed on every audience, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--posts-a-day", type=float, default=8.0)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--candidates", type=int, default=3)
    parser.add_argument("--ridge", type=float, default=Settings().predictor_ridge)
    parser.add_argument("--audience", choices=NAMES, action="append")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    result = {}
    for audience in asked.audience or NAMES:
        setup = setup_from(
            Settings(), load_persona(), audience=audience, days=asked.days, posts_a_day=asked.posts_a_day
        )
        result[audience] = [seen(setup, seed, asked.candidates, asked.ridge) for seed in range(1, asked.seeds + 1)]
        print("\n".join(told(audience, result[audience])), file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
