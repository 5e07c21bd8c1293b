"""The cache changes nothing but the time it takes: the same plans with it, without it, and with a confused one."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import SecretStr

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.learning import bandit, predictor
from xbot_assets.domain.learning.features import post_features, with_hour
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.steps.content.planning import Plan, write_plan
from xbot_assets.steps.learning import promotion, training
from xbot_assets.steps.product import Product
from xbot_assets.store.clock import set_line
from xbot_assets.store.engine.cache import Cache
from xbot_assets.store.learning import models as model_store
from xbot_assets.testing.servers import SettingsFor, fresh_database
from xbot_assets_tests.steps.unheard import writing_product

MORNING = datetime(2026, 3, 4, 8, 10, tzinfo=UTC)
"""Well inside an hour and a day, so that two products a second apart see the same of both."""
STEPS = 8
EXAMPLES = 12
KINDS: tuple[training.ModelKind, ...] = ("bandit", "predictor")


@pytest.fixture
def other_database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A second database, like this test's own."""
    yield from fresh_database(postgres, template)


@pytest.fixture
def pair(
    settings_for: SettingsFor, other_database_url: str, valkey: EmbeddedValkey, cache: Cache, tmp_path: Path
) -> Iterator[tuple[Product, Product]]:
    """Two products of the same morning, each with a database of its own: with a cache, and without."""
    assert cache.ping()
    cached = {"redis_url": SecretStr(valkey.url())}
    bare = {"redis_url": "off", "database_url": SecretStr(other_database_url)}
    with ExitStack() as opened:
        products = []
        for name, parts in (("cached", cached), ("bare", bare)):
            folder = tmp_path / name
            folder.mkdir()
            product, _ = opened.enter_context(
                writing_product(settings_for, folder, daily_budget_usd=50, plan_queue_max=99, **parts)
            )
            set_line(product.database, ClockLine(system_now(), MORNING))
            product.clock.refresh()
            products.append(product)
        yield products[0], products[1]


def learn(product: Product, seed: int, at: datetime = MORNING) -> None:
    """Store a new version of both models from made-up outcomes, and decide the champions."""
    rng, persona = np.random.default_rng(seed), product.account.persona
    arms = [
        bandit.Arm(str(rng.choice(persona.topic_names)), str(rng.choice(persona.format_names))) for _ in range(EXAMPLES)
    ]
    rewards = [float(reward) for reward in rng.random(EXAMPLES)]
    posterior = bandit.learn(
        bandit.prior(persona.topic_names, persona.format_names, strength=2.0),
        [bandit.Observed(arm, reward) for arm, reward in zip(arms, rewards, strict=True)],
    )
    examples = [
        predictor.Example(
            with_hour(post_features(f"Text {number}."), MORNING, ZoneInfo("UTC")), arm.topic, arm.format, reward
        )
        for number, (arm, reward) in enumerate(zip(arms, rewards, strict=True))
    ]
    fitted, evaluation = predictor.fit(examples, ridge=1.0)
    made: list[tuple[training.ModelKind, dict[str, Any], dict[str, Any]]] = [
        ("bandit", posterior.model_dump(), {}),
        ("predictor", fitted.model_dump(), evaluation.model_dump()),
    ]
    for kind, parameters, judged in made:
        model_store.insert_model_version(
            product.database, kind, parameters=parameters, evaluation=judged, outcomes_used=EXAMPLES, now=at
        )
    promotion.promote_newest(product)


def roll_back(product: Product, seed: int) -> None:
    """Make some earlier version champion again, past everything that could tell the cache."""
    for kind in KINDS:
        versions = model_store.model_versions(product.database, kind, 99)
        if versions:
            model_store.promote(product.database, versions[seed % len(versions)], "By hand.", MORNING)


def essence(plan: Plan) -> object:
    """Return everything of a plan but when exactly its posts are due."""
    posts = [replace(post, scheduled_at=MORNING) for post in plan.posts]
    return posts, plan.bandit_version, plan.chances, plan.reason, plan.cost_microusd


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_plans_are_those_without_a_cache(pair: tuple[Product, Product], seed: int) -> None:
    """Learning, rolling back and planning in a random order, with the same seeds on both sides."""
    rng = np.random.default_rng(seed)
    for step in range(STEPS):
        act, chance = rng.choice(["learn", "roll back", "plan"], p=[0.3, 0.2, 0.5]), int(rng.integers(1000))
        if act == "learn":
            for product in pair:
                learn(product, chance)
        elif act == "roll back":
            for product in pair:
                roll_back(product, chance)
        plans = [essence(write_plan(product, np.random.default_rng(chance))) for product in pair]
        assert plans[0] == plans[1], (step, act)
    assert pair[0].cache.statistics().hits > 0


def test_a_champion_is_read_from_the_cache_the_second_time(pair: tuple[Product, Product]) -> None:
    """Bandit arms and predictors alike, each as long as its setting says."""
    product, _ = pair
    learn(product, 1)
    first = [training.current_champion(product, kind) for kind in KINDS]
    assert product.cache.statistics().hits == 0
    assert [training.current_champion(product, kind) for kind in KINDS] == first
    assert product.cache.statistics().hits == len(KINDS)


def test_a_champion_of_before_cannot_come_back_through_the_cache(
    pair: tuple[Product, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that was overtaken by a promotion stores what it read: nobody asks for that again."""
    product, _ = pair
    late: list[tuple[str, object, float]] = []
    learn(product, 1)
    with monkeypatch.context() as slow:
        slow.setattr(product.cache, "set_json", lambda *stored: late.append(stored))
        before = training.current_champion(product, "bandit")
    learn(product, 2)
    for key, value, ttl in late:
        product.cache.set_json(key, value, ttl)
    after = training.current_champion(product, "bandit")
    assert len(late) == 1
    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (1, 2)


def test_another_database_on_the_same_cache_has_its_own_champions(pair: tuple[Product, Product], cache: Cache) -> None:
    """Ids begin at 1 in each; no two train at the same microsecond."""
    one, other = pair[0], replace(pair[1], cache=cache)
    learn(one, 1)
    learn(other, 2, at=MORNING + timedelta(seconds=1))
    for product in (one, other):
        training.current_champion(product, "bandit")
        assert training.current_champion(product, "bandit") == model_store.champion(product.database, "bandit")


def test_what_nobody_can_read_in_the_cache_is_a_miss(
    pair: tuple[Product, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade the cache may hold what an older program wrote."""
    product, _ = pair
    learn(product, 1)
    monkeypatch.setattr(product.cache, "get_json", lambda _key: {"shape": "of before"})
    assert training.current_champion(product, "bandit") == model_store.champion(product.database, "bandit")
