"""The loop on a moved clock: due outcomes are learned from, a plan is chosen, its posts go out in their slots."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.domain.learning.outcomes import Level, level_of, relative_reward
from xbot_assets.domain.learning.reward import engagement_score
from xbot_assets.simulation.policies import Measured, Policy
from xbot_assets.simulation.world import Published, World

JITTER_SHARE = 0.15
"""A post goes out this much earlier or later than its slot at most, as a share of the way to the next."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When plans are made and what of a post is learned when.

    ``outcome_age`` after publication a reading gives its outcome; ``level_posts`` set the account's level.
    """

    interval: timedelta
    posts_per_plan: int
    first_delay: timedelta
    outcome_age: timedelta
    level: Level
    level_posts: int

    @property
    def spacing(self) -> timedelta:
        """The way between two slots."""
        return self.interval / self.posts_per_plan


@dataclass(frozen=True, slots=True)
class Played:
    """One simulated post."""

    number: int
    arm: Arm
    published: Published
    engagement: float
    views: int


class Loop:
    """One account that lives by one policy."""

    def __init__(self, world: World, policy: Policy, pace: Pace, texts: dict[Arm, tuple[str, ...]], seed: int) -> None:
        self._world, self._policy, self._pace, self._texts = world, policy, pace, texts
        # Two generators, so that texts and slots are the same whatever a policy draws.
        self._choices, self._luck = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
        self._waiting: list[tuple[datetime, Measured, Published]] = []
        self._scores: list[float] = []
        self.played: list[Played] = []

    def run(self, begins: datetime, days: int) -> list[Played]:
        """Play days from a time on, and return all posts, oldest first."""
        now = begins
        while now < begins + timedelta(days=days):
            self._take_outcomes(now)
            self._plan(now)
            now += self._pace.interval
        return self.played

    def _take_outcomes(self, now: datetime) -> None:
        due = [one for one in self._waiting if one[0] <= now]
        if not due:
            return
        self._waiting = [one for one in self._waiting if one[0] > now]
        measured = [one for at, waiting, post in due if (one := self._measured(at, waiting, post)) is not None]
        if measured:
            self._policy.learn(measured, now)

    def _measured(self, at: datetime, waiting: Measured, post: Published) -> Measured | None:
        score = engagement_score(self._world.counts(post, at))
        if score is None:
            return None
        level = level_of(self._scores[-self._pace.level_posts :])
        self._scores.append(score)
        earned = relative_reward(score, level) if self._pace.level == "own" else score
        return waiting.with_reward(earned)

    def _plan(self, now: datetime) -> None:
        pace = self._pace
        choices, version = self._policy.choose(pace.posts_per_plan, self._choices, now)
        for place, choice in enumerate(choices):
            number = len(self.played)
            early, pick = self._luck.uniform(-JITTER_SHARE, JITTER_SHARE), self._luck.random()
            at = now + pace.first_delay + (place + float(early)) * pace.spacing
            at = at.replace(microsecond=0)
            texts = self._texts[choice.arm]
            post = self._world.publish(str(number), texts[int(pick * len(texts))], at)
            end = self._world.readers.latent(post.exposure)
            self.played.append(Played(number, choice.arm, post, self._world.engagement(post), end.views))
            waiting = Measured(number, choice, version, now, at, 0.0)
            self._waiting.append((at + pace.outcome_age, waiting, post))
