"""Learning that notices when the best topic or format has become worse, and then restarts a part of what it knows.

Thompson sampling trusts old posts as much as new ones: when taste changes, it stays with what was best. Forgetting at a
steady rate costs more than it gains while nothing changes. So this learner watches the one thing that costs most: a
drop of what currently leads its factor (the topics, or the formats). After each few posts of the leader, every split of
its posts into earlier and later ones is tried; the generalised likelihood ratio of a drop, on the scale of log
likelihoods, is compared with a threshold. On an alarm the leader keeps only what it earned since the split, and the
others of its factor are trusted like a few posts only, so they are tried again. The other factor and the base stay.

The test is the one of Besson, Kaufmann, Maillard and Seznec, "Efficient Change-Point Detection for Tackling
Piecewise-Stationary Bandits" (JMLR 2022), with a normal likelihood, one side and the leader alone. The posts in between
are drawn with a quarter of the variance. ``python -m benchmarks.bandit_regret`` shows what it gains and costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xbot_assets.domain.learning.bandit import (
    PRIOR_MEAN,
    REWARD_NOISE,
    Arm,
    Observed,
    Posterior,
    Vector,
    moments,
)

FIRST_ROOM = 64
"""Posts that a level's stream has room for before it is made longer."""


@dataclass(frozen=True, slots=True)
class WatchRules:
    """When a drop is believed, and how much is forgotten then. Found on :mod:`benchmarks.bandit_regret`."""

    threshold: float = 4.5
    """Log likelihood ratio of a drop: about one false alarm in four stationary runs of 3,000 posts."""
    least_posts: int = 20
    """Posts of the leader before and after a drop."""
    look_every: int = 3
    """Posts of a level between two looks at it."""
    kept_posts: float = 10.0
    """After an alarm, the others of the factor count like so many posts at most."""
    draw_variance: float = 0.25


class LevelPosts:
    """The rewards of one topic's or format's posts since its last restart, each with its level of the other factor."""

    def __init__(self) -> None:
        self.count = 0
        self._rewards: Vector = np.empty(FIRST_ROOM)
        self._others = np.empty(FIRST_ROOM, dtype=np.int64)

    def add(self, reward: float, other: int) -> None:
        """Append one post."""
        if self.count == len(self._rewards):
            self._rewards = np.concatenate([self._rewards, np.empty(self.count)])
            self._others = np.concatenate([self._others, np.empty(self.count, dtype=np.int64)])
        self._rewards[self.count], self._others[self.count] = reward, other
        self.count += 1

    def residuals(self, effects: Vector) -> Vector:
        """Return the rewards without the other factor's effects, oldest first."""
        rewards, others = self._rewards[: self.count], self._others[: self.count]
        return np.asarray(rewards - effects[others], dtype=np.float64)

    def keep_from(self, first: int) -> None:
        """Forget the posts before ``first``."""
        kept = self.count - first
        self._rewards[:kept] = self._rewards[first : self.count].copy()
        self._others[:kept] = self._others[first : self.count].copy()
        self.count = kept


def drop(values: Vector, least_posts: int) -> tuple[float, int]:
    """Return the greatest log likelihood ratio of a drop among all splits, and how many values come before it."""
    count = len(values)
    if count < 2 * least_posts:
        return 0.0, 0
    before = np.arange(least_posts, count - least_posts + 1, dtype=np.float64)
    after, sums = count - before, np.cumsum(values)
    earlier = sums[least_posts - 1 : count - least_posts]
    fall = np.maximum(earlier / before - (sums[-1] - earlier) / after, 0.0)
    scores = fall * fall * before * after
    best = int(scores.argmax())
    variance = float(values.var()) or REWARD_NOISE**2
    return float(0.5 * scores[best] / count / variance), best + least_posts


class ChangeWatcher:
    """The effects of topics and formats as one post after the other teaches them, with restarts.

    ``mean`` and ``covariance`` are those of the effects ``[base, topics..., formats...]``; without an alarm they are
    what :func:`~xbot_assets.domain.learning.bandit.learn` makes of the same posts.
    """

    def __init__(self, start: Posterior, rules: WatchRules | None = None) -> None:
        self.rules = rules or WatchRules()
        self.restarts = 0
        self.mean, self.covariance = moments(start)
        self._start = start
        self._prior_variance = np.diag(self.covariance).copy()
        topics = len(start.topics)
        self._factors = (range(1, 1 + topics), range(1 + topics, len(self.mean)))
        self._posts = [LevelPosts() for _ in self.mean]
        self._seen = 0

    def see(self, arm: Arm, reward: float) -> None:
        """Learn from one post; a topic or format that is not known teaches nothing."""
        if arm.topic not in self._start.topics or arm.format not in self._start.formats:
            return
        topic = 1 + self._start.topics.index(arm.topic)
        form = 1 + len(self._start.topics) + self._start.formats.index(arm.format)
        self._seen += 1
        self._update(topic, form, reward)
        for level, other in ((topic, form), (form, topic)):
            self._posts[level].add(reward, other)
            self._look(level)

    def posterior(self) -> Posterior:
        """Return what is known now, in the form that is stored."""
        precision = np.linalg.inv(self.covariance)
        return self._start.model_copy(
            update={
                "precision": tuple(map(tuple, precision.tolist())),
                "information_vector": tuple((precision @ self.mean).tolist()),
                "observations": self._start.observations + self._seen,
                "rule": "restarting",
                "draw_variance": self.rules.draw_variance,
            }
        )

    def _update(self, topic: int, form: int, reward: float) -> None:
        """Kalman's update with one post."""
        covariance = self.covariance
        # Rows of a symmetric matrix, which lie together in memory.
        gain = covariance[0] + covariance[topic] + covariance[form]
        variance = float(gain[0] + gain[topic] + gain[form]) + REWARD_NOISE**2
        mean = self.mean
        surprise = reward - PRIOR_MEAN - float(mean[0] + mean[topic] + mean[form])
        mean += gain * (surprise / variance)
        step = gain[:, None] * gain
        step /= variance
        covariance -= step

    def _look(self, level: int) -> None:
        posts, factor = self._posts[level], self._factor(level)
        if len(factor) == 1 or posts.count % self.rules.look_every or self._leader(factor) != level:
            return
        residuals = posts.residuals(self.mean)
        ratio, split = drop(residuals, self.rules.least_posts)
        if ratio > self.rules.threshold:
            self._restart(level, factor, residuals[split:])
            posts.keep_from(split)

    def _restart(self, level: int, factor: range, since: Vector) -> None:
        """Let the leader begin anew with the posts since its drop, and trust the others like a few posts."""
        self.restarts += 1
        for other in factor:
            if other != level:
                self._trust_less(other)
                self._posts[other] = LevelPosts()
        shown = float(since.mean()) - PRIOR_MEAN - self.mean[0]
        self._set(level, shown, len(since))

    def _trust_less(self, level: int) -> None:
        """Let a level count like so many posts at most, shrunk to the base accordingly."""
        worth = REWARD_NOISE**2 / self._prior_variance[level]
        posts = max(0.0, REWARD_NOISE**2 / float(self.covariance[level, level]) - worth)
        if posts > self.rules.kept_posts:
            self._set(level, float(self.mean[level]) * (posts + worth) / posts, self.rules.kept_posts)

    def _set(self, level: int, shown: float, posts: float) -> None:
        """Let a level's effect be known from so many posts of its own, which showed it, and from the prior."""
        worth = REWARD_NOISE**2 / self._prior_variance[level]
        self.mean[level] = shown * posts / (posts + worth)
        self.covariance[level, :] = self.covariance[:, level] = 0.0
        self.covariance[level, level] = REWARD_NOISE**2 / (posts + worth)

    def _factor(self, level: int) -> range:
        return self._factors[0] if level in self._factors[0] else self._factors[1]

    def _leader(self, factor: range) -> int:
        return factor[int(self.mean[factor.start : factor.stop].argmax())]


def learn_restarting(start: Posterior, observed: Sequence[Observed], rules: WatchRules | None = None) -> Posterior:
    """Return the posterior after ``observed``, oldest first, with restarts where what led became worse."""
    watcher = ChangeWatcher(start, rules)
    for one in observed:
        watcher.see(one.arm, one.reward)
    return watcher.posterior()
