"""An account that has learned: two months of posts with outcomes, one topic liked more and one format less."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.learning.bandit import Arm, Observed, learn, prior
from xbot_assets.domain.persona import Persona
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.llm.persona import load_persona
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.learning import comparisons, models
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post

POSTS = 160
EVERY = timedelta(hours=9)
BETTER, WORSE = 0.2, -0.2
SPREAD = 0.06
LEVEL = 0.5


def play_learned(
    database: Database, settings: Settings, now: datetime, *, words: str = "About {}, as a {}."
) -> Persona:
    """Give the account its past and a bandit that learned from it; return its persona.

    Posts on the persona's first topic earn more, those in its first format less. ``words`` is what posts say.
    """
    persona, rng = load_persona(settings.persona_path), np.random.default_rng(7)
    arms = [Arm(str(rng.choice(persona.topic_names)), str(rng.choice(persona.format_names))) for _ in range(POSTS)]
    rewards = [_reward(arm, persona, float(rng.normal(0, SPREAD))) for arm in arms]
    for number, (arm, reward) in enumerate(zip(arms, rewards, strict=True)):
        text = f"{words.format(arm.topic, arm.format)} Number {number}."
        _published(database, text, arm, now - EVERY * (POSTS - number) - timedelta(days=1), reward)
    _bandits(database, persona, list(map(Observed, arms, rewards)), now)
    return persona


def _reward(arm: Arm, persona: Persona, luck: float) -> float:
    better = BETTER if arm.topic == persona.topic_names[0] else 0.0
    worse = WORSE if arm.format == persona.format_names[0] else 0.0
    return min(1.0, max(0.0, LEVEL + better + worse + luck))


def _published(database: Database, text: str, arm: Arm, at: datetime, reward: float) -> None:
    posts.enqueue_posts(database, [NewPost(text=text, topic=arm.topic, format=arm.format, scheduled_at=at)], at)
    claim = take_post(database, open_limits(), at, lease=timedelta(hours=1))
    assert claim is not None
    assert posts.arm_post(database, claim, at)
    x_post_id = f"7{claim.id:06}"
    posts.confirm_published(database, claim, x_post_id=x_post_id, permalink=f"/me/status/{x_post_id}", now=at)
    read_at = at + timedelta(hours=6)
    counts = {"views": 1000, "likes": 40, "replies": 0, "reposts": 0, "bookmarks": 0, "label": None}
    schedule = {"post_id": claim.id, "read_at": read_at, "next_read_at": None, "unchanged_readings": 0}
    readings.insert_readings(database, [schedule | counts])
    outcome = {"post_id": claim.id, "read_at": read_at, "computed_at": read_at, "is_relative": False}
    readings.insert_outcomes(database, [outcome | {"reward": reward, "score": reward, "level": LEVEL}])


def _bandits(database: Database, persona: Persona, observed: Sequence[Observed], now: datetime) -> None:
    """Seat a champion that learned from all, and let another be in test against it."""
    learned = learn(prior(persona.topic_names, persona.format_names, strength=1), observed)
    compared = {"verdict": "cannot_tell", "posts": 64, "gain": 0.012, "low": -0.004, "high": 0.028, "deviation": 0.2}
    versions = [
        models.insert_model_version(database, "bandit", learned.model_dump(), {"best_mean": 0.6}, len(observed), now)
        for _ in range(2)
    ]
    evidence = {"comparison": compared, "left_out": {}}
    models.promote(database, versions[0], "It is better by 0.012 a post.", now, verdict="promoted", evidence=evidence)
    comparisons.set_challenger(database, versions[1], now)
