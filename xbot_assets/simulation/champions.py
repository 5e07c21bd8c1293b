"""Champion and challenger of the bandit in memory, with the product's own training, evidence and rule of change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.learning.bandit import (
    Draw,
    Observed,
    Posterior,
    Rule,
    Vector,
    choose,
    draw_arms,
    expected_rewards,
    in_test,
    learn,
    other_rule,
    version_chances,
)
from xbot_assets.domain.learning.changes import ChangeWatcher, learn_restarting
from xbot_assets.domain.learning.comparison import NextStep, next_step
from xbot_assets.domain.learning.sequence_rules import SequenceRules
from xbot_assets.steps.learning.evidence import Gains, Known, gains_of_rules, weigh
from xbot_assets.store.learning.comparisons import ComparedPost, VersionAt

JUDGED_EVERY = timedelta(days=1)
"""The product judges after each training; its sequence may be looked at as often as one likes, and this is cheaper."""


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """What a change of champion needs, from the settings: see ``settings/groups/learning.py``."""

    sequence: SequenceRules
    share: float
    least: timedelta
    learned_from: int


@dataclass(frozen=True, slots=True)
class Version:
    """One training of one way of learning."""

    id: int
    rule: Rule
    posterior: Posterior


@dataclass(frozen=True, slots=True)
class Change:
    """A change of champion: when, to which way of learning, and what was shown."""

    at: datetime
    rule: Rule
    words: str


class Champions:
    """Both ways of learning, trained on the same posts; one is champion."""

    def __init__(self, start: Posterior, rule: Rule, rules: ChangeRules) -> None:
        self.rule, self.changes = rule, list[Change]()
        self._start, self._rules = start, rules
        self._latest: dict[Rule, Version] = {}
        self._watcher = ChangeWatcher(start)
        self._seen: list[Observed] = []
        self._posts: list[ComparedPost] = []
        self._gains = np.zeros(0)
        self._planned: dict[Rule, dict[datetime, VersionAt]] = {"steady": {}, "restarting": {}}
        self._known: Known = {}
        self._since: datetime | None = None
        self._share = rules.share
        self._judged: datetime | None = None

    def draw(self, count: int, rng: np.random.Generator, now: datetime) -> tuple[Draw, int | None]:
        """Choose the arms of a plan by the champion, or by both sides of a test, and note what either side knew then.

        With the arms comes the version that chose alone; none before the first training, and in a test.
        """
        version = self._latest.get(self.rule)
        if version is None:
            return choose(self._start, count, rng), None
        rival = self._latest[self._other]
        own, other = self._chances(version), self._chances(rival)
        tested = self._since is not None and self._share > 0
        chances = in_test(own, other, self._share) if tested else own
        for one in self._latest.values():
            self._planned[one.rule][now] = VersionAt(now, one.id, {})
        return draw_arms(version.posterior.arms, chances, count, rng), None if tested else version.id

    def train(self, observed: Sequence[Observed]) -> None:
        """Take outcomes in by both ways of learning, as if all were learned anew."""
        self._seen.extend(observed)
        newest = self._seen[-self._rules.learned_from :]
        if len(newest) < len(self._seen):
            steady, restarting = learn(self._start, newest), learn_restarting(self._start, newest)
        else:
            steady = learn(self._posterior("steady"), observed)
            for one in observed:
                self._watcher.see(one.arm, one.reward)
            restarting = self._watcher.posterior()
        number = 2 * len(self._seen)
        self._latest = {
            "steady": Version(number, "steady", steady),
            "restarting": Version(number + 1, "restarting", restarting),
        }

    def judge(self, posts: Sequence[ComparedPost], now: datetime) -> None:
        """Weigh the posts since the test began, once a day, and change the champion on proof."""
        self._since = self._since or now
        self._posts.extend(post for post in posts if post.planned_at > self._since)
        if self._judged is not None and now - self._judged < JUDGED_EVERY:
            return
        self._judged = now
        planned = self._planned
        # What a post says does not change with those after it, so each is weighed once.
        newest = gains_of_rules(self._posts, planned[self.rule], planned[self._other], self._known)
        self._gains, self._posts = np.concatenate([self._gains, newest.values]), []
        evidence = weigh(Gains(self._gains, {}, {}), self._rules.sequence, now - self._since)
        last = self.changes[-1].at if self.changes else None
        since_flip = now - last if last else None
        rules = self._rules
        posts_max = rules.sequence.posts_max
        step = next_step(
            evidence.compared, posts_max=posts_max, since_flip=since_flip, least=rules.least, lived=self._share > 0
        )
        if step is NextStep.FLIP:
            self.changes.append(Change(now, self._other, evidence.explanation))
            self.rule = self._other
        if step in {NextStep.FLIP, NextStep.BEGIN_ANEW}:
            self._begin_test(now, rules.share)
        elif step is NextStep.DROP and self._share:
            self._begin_test(now, 0.0)

    def _begin_test(self, now: datetime, share: float) -> None:
        self._since, self._share, self._posts, self._gains = now, share, [], np.zeros(0)

    @property
    def _other(self) -> Rule:
        return other_rule(self.rule)

    def _posterior(self, rule: Rule) -> Posterior:
        return self._latest[rule].posterior if rule in self._latest else self._start

    def _chances(self, version: Version) -> Vector:
        if version.id not in self._known:
            chances = version_chances(version.posterior, version.id)
            self._known[version.id] = (version.posterior, chances, expected_rewards(version.posterior))
        return self._known[version.id][1]

    def posteriors(self) -> dict[Rule, Posterior]:
        """Return what each way of learning knows now."""
        return {"steady": self._posterior("steady"), "restarting": self._posterior("restarting")}
