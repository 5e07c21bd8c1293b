"""Learning from what posts earned: when it is due, and what of a post it learns from."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.learning.features import TONE, with_hour
from xbot_assets.domain.learning.outcomes import level_of
from xbot_assets.domain.learning.predictor import Example, Predictor, fit
from xbot_assets.steps.content.planning import Plan, write_plan
from xbot_assets.steps.learning.learn_due import learning_due
from xbot_assets.steps.learning.promotion import promote_newest
from xbot_assets.steps.learning.training import (
    compute_outcomes,
    train_bandit,
    train_predictor,
)
from xbot_assets.steps.product import Product
from xbot_assets.store.clock import set_line
from xbot_assets.store.engine.database import Database
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.unheard import writing_product

EVENING = datetime(2026, 7, 1, 18, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SEED = 7


@pytest.fixture
def product(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Product]:
    """A product that writes, owned by somebody in Berlin, on a summer's evening."""
    chosen = {"daily_budget_usd": 50, "plan_queue_max": 99, "timezone": "Europe/Berlin", "predictor_min_outcomes": 1}
    with writing_product(settings_for, tmp_path, **chosen) as (opened, _):
        at(opened, EVENING)
        yield opened


def at(product: Product, when: datetime) -> None:
    """Set the product's clock."""
    set_line(product.database, ClockLine(system_now(), when))
    product.clock.refresh()


def publish_all(db: Database, now: datetime) -> list[int]:
    """Publish whatever is queued."""
    published = []
    while held := take_post(db, open_limits(), now, lease=DAY):
        assert posts.arm_post(db, held, now)
        posts.confirm_published(db, held, x_post_id=f"9{held.id}", permalink=f"/me/status/9{held.id}", now=now)
        published.append(held.id)
    return published


def read(db: Database, post_id: int, when: datetime, views: int | None) -> None:
    """Store a reading."""
    counts = {"replies": 1, "reposts": 0, "likes": 2, "bookmarks": 0, "views": views, "label": None}
    facts = {"post_id": post_id, "read_at": when, "next_read_at": when + DAY, "unchanged_readings": 0}
    readings.insert_readings(db, [{**facts, **counts}])


def written(product: Product) -> Plan:
    """Write one plan."""
    return write_plan(product, np.random.default_rng(SEED))


def measured(product: Product, out: datetime) -> list[readings.TrainingExample]:
    """Publish what is queued, read it a day later, and return all that can be learned from."""
    at(product, out + DAY)
    for post_id in publish_all(product.database, out):
        read(product.database, post_id, out + DAY, 40)
    compute_outcomes(product)
    return readings.training_examples(product.database, 99)


def test_a_post_whose_readings_show_no_views_starts_no_training(product: Product) -> None:
    """Not hour after hour: only the reading that shows views does, and once."""
    written(product)
    out = EVENING + DAY
    (first, *_) = publish_all(product.database, out)
    at(product, out + DAY)
    read(product.database, first, out + DAY, None)
    assert not learning_due(product)
    assert compute_outcomes(product) == []
    read(product.database, first, out + DAY + MINUTE, 40)
    assert learning_due(product)
    assert [outcome.post_id for outcome in compute_outcomes(product)] == [first]
    assert not learning_due(product)


def test_a_written_post_keeps_its_tone_and_no_hour(product: Product) -> None:
    """The tone is drawn at random: what is not noted cannot be learned from."""
    written(product)
    for example in measured(product, EVENING + DAY):
        (tone,) = [name.removeprefix(TONE) for name in example.features if name.startswith(TONE)]
        assert tone in product.account.persona.tones
        assert not [name for name in example.features if name.startswith("hour")]


def test_the_predictor_learns_from_the_owner_s_hour_of_publication(product: Product) -> None:
    """Not from the planned one, and not from UTC; what it expects of a new post counts the hour that is planned."""
    written(product)
    measured(product, EVENING + DAY)
    written(product)
    measured(product, EVENING + 3 * DAY + timedelta(hours=6))
    train_bandit(product)
    version = train_predictor(product)
    assert version is not None
    predictor, zone = Predictor.model_validate(version.parameters), product.settings.zone
    learned = readings.training_examples(product.database, 99)
    examples = [
        Example(with_hour(one.features, one.published_at, zone), one.topic, one.format, one.reward) for one in learned
    ]
    assert predictor == fit(examples, ridge=product.settings.predictor_ridge)[0]
    promote_newest(product)
    expected = {post.id: post for post in written(product).posts}
    features = {one.post_id: one.features for one in measured(product, EVENING + 6 * DAY)}
    for post_id, post in expected.items():
        seen = with_hour(features[post_id], post.scheduled_at, zone)
        assert post.predicted_reward == pytest.approx(predictor.predict(seen, post.topic, post.format))


def test_a_plan_shows_the_chances_that_it_chose_by(product: Product) -> None:
    """Not those of another draw."""
    plan = written(product)
    first = plan.posts[0]
    chances = {(arm.topic, arm.format): chance for arm, chance in plan.chances}
    assert first.propensity == pytest.approx(chances[first.topic, first.format], rel=1e-12)


def test_an_outcome_keeps_its_score_and_the_account_s_level_then(product: Product) -> None:
    """The level is that of the posts before; which of both is the reward is a setting."""
    written(product)
    written(product)
    examples = measured(product, EVENING + DAY)
    again = written(product)
    assert again.posts
    own = replace(product, settings=product.settings.model_copy(update={"outcome_level": "own"}))
    at(own, EVENING + 4 * DAY)
    for post_id in publish_all(own.database, EVENING + 3 * DAY):
        read(own.database, post_id, EVENING + 4 * DAY, 90)
    outcomes = compute_outcomes(own)
    score = examples[0].reward
    first = outcomes[0]
    assert first.level == pytest.approx(level_of([score] * len(examples)))
    assert first.reward == pytest.approx(0.5 + first.score - first.level)
    rewards = [one.reward for one in readings.training_examples(own.database, 99)]
    assert rewards[0] == pytest.approx(0.5 + score - level_of([]))
    compute_outcomes(product)
    assert readings.training_examples(product.database, 99)[0].reward == score
