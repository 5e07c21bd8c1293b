"""What a test can prove, said before it starts: from the account's pace, its luck, and how far both sides differ."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from xbot_assets.domain.learning.bandit import (
    REWARD_NOISE,
    Arm,
    Posterior,
    expected_rewards,
    in_test,
    version_chances,
)
from xbot_assets.domain.learning.comparison import Provable, provable_effects, provable_in_words
from xbot_assets.domain.learning.off_policy import gain_deviation
from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.settings import Settings
from xbot_assets.steps.learning.evidence import predictor_gains
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.learning.comparisons import ComparedPost, compared_posts
from xbot_assets.store.learning.models import ModelVersion

DAY = timedelta(days=1)
LOOKS_BACK = timedelta(days=30)
"""Pace and luck are those of the posts of this time."""
POSTS_MIN = 20
"""With fewer posts the pace is the plan's, and the luck what the bandit assumes."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a test can prove at a pace, if one post's gain spreads by ``deviation``; ``None``: that is not known yet."""

    posts_a_day: float
    posts_seen: int
    deviation: float | None
    provable: tuple[Provable, ...]

    @property
    def words(self) -> str:
        """Say it to a person, with what it rests on."""
        if self.deviation is None:
            return f"What it can prove is known when {POSTS_MIN} posts have an outcome."
        if not self.deviation:
            return "Both sides say the same by now, so nothing can be proven until they differ."
        seen = f"{self.posts_seen} posts of the last {LOOKS_BACK.days} days"
        rests = seen if self.posts_seen >= POSTS_MIN else "the plan, for too few posts have an outcome yet"
        return f"{provable_in_words(self.provable)} (From {self.posts_a_day:.1f} posts a day, by {rests}.)"

    @property
    def numbers(self) -> dict[str, Any]:
        """Return it as evidence that is stored."""
        return {"foreseen": asdict(self)}


def foresee_test(
    db: Statements, settings: Settings, champion: ModelVersion, rival: ModelVersion, now: datetime
) -> Foresight:
    """Return what a test of two versions can prove, if both go on as they are now."""
    posts = compared_posts(db, now - LOOKS_BACK)
    sides = champion, rival
    deviation = _of_rules(sides, posts, settings) if rival.kind == "bandit" else _of_predictors(sides, posts, settings)
    pace = _pace(posts, settings, now)
    provable = provable_effects(pace, deviation, settings.comparison_of(rival.kind)) if deviation else ()
    return Foresight(pace, len(posts), deviation, provable)


Sides = tuple[ModelVersion, ModelVersion]


def _of_rules(sides: Sides, posts: Sequence[ComparedPost], settings: Settings) -> float:
    """Return how far the gain of a post will spread, from what either bandit would choose."""
    old, new = (Posterior.model_validate(one.parameters) for one in sides)
    if old.arms != new.arms:
        return 0.0
    own, other = version_chances(old, sides[0].id), version_chances(new, sides[1].id)
    return gain_deviation(own, other, in_test(own, other, settings.compare_share), _luck(old, posts))


def _of_predictors(sides: Sides, posts: Sequence[ComparedPost], settings: Settings) -> float | None:
    """Return how far the gain of a post spread lately. The challenger has seen those posts, so it is a little low."""
    old, new = (Predictor.model_validate(one.parameters) for one in sides)
    gains = predictor_gains(posts, old, new, settings.zone).values
    return float(np.std(gains, ddof=1)) if len(gains) >= POSTS_MIN else None


def _luck(posterior: Posterior, posts: Sequence[ComparedPost]) -> float:
    """Return the standard deviation of posts' rewards around what was expected of their arms."""
    expected = dict(zip(posterior.arms, expected_rewards(posterior).tolist(), strict=True))
    arms = [Arm(post.topic, post.format) for post in posts]
    apart = [post.reward - expected[arm] for post, arm in zip(posts, arms, strict=True) if arm in expected]
    return float(np.std(apart, ddof=1)) if len(apart) >= POSTS_MIN else REWARD_NOISE


def _pace(posts: Sequence[ComparedPost], settings: Settings, now: datetime) -> float:
    """Return the posts a day that have an outcome, or those that are planned while there are few."""
    if len(posts) < POSTS_MIN:
        return DAY / timedelta(minutes=settings.planned_spacing_minutes)
    return len(posts) / max(1.0, (now - min(post.planned_at for post in posts)) / DAY)
