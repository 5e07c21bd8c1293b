"""One turn of the loop through the real parts: what is on the page is in the database, and is learned from."""

from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from xbot_assets.domain.alerts.metrics import METRICS_UNREADABLE
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, ProductError, TransientFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.settings import Settings
from xbot_assets.steps.content.plan_due import plan_wait
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.learning import training
from xbot_assets.steps.learning.promotion import promote_newest
from xbot_assets.steps.metrics.readings import account_due, measure_account, measure_posts, posts_due
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.learning import models as model_store
from xbot_assets.store.metrics import readings as metric_store
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.operations import ReadPosts
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

A_DAY = timedelta(hours=25)


def turn(product: Product) -> list[int]:
    """Plan, publish everything planned, let the audience react, measure and learn; return the posts' ids."""
    plan = plan_posts(product, np.random.default_rng(7))
    for post in plan.posts:
        later(product, max(timedelta(minutes=6), post.scheduled_at - product.clock.now()))
        assert publish_next(product).post_id == post.id
    later(product, A_DAY)
    measure_posts(product)
    training.compute_outcomes(product)
    training.train_bandit(product)
    training.train_predictor(product)
    promote_newest(product)
    return [post.id for post in plan.posts]


def test_two_turns_end_with_models_that_used_the_first_turns_posts(product: Product) -> None:
    """Plan, publish, measure, learn, and plan with what was learned."""
    first = turn(product)
    champion = training.current_champion(product, "bandit")
    assert champion is not None
    assert champion.outcomes_used == len(first)
    second = plan_posts(product, np.random.default_rng(8))
    assert second.bandit_version == champion.version
    assert all(post.predicted_reward is not None for post in second.posts)
    assert all(0 < (post.propensity or 0) <= 1 for post in second.posts)


def test_the_stored_metrics_are_what_the_page_says(product: Product) -> None:
    """Read the same page once more, at the same time of a clock at rest, and compare every count."""
    ids = turn(product)
    rows = {row.id: row for row in post_store.recent_posts(product.database, 10)}
    for post_id in ids:
        stored = metric_store.latest_reading(product.database, post_id)
        assert stored is not None
        page = product.x.run(
            ReadPosts(post_ids=(rows[post_id].x_post_id,), handle=product.settings.handle),
            lane=Lane.LOW,
            deadline_seconds=PATIENCE,
        ).posts[0]
        assert page.text == rows[post_id].text
        # Real time passed between the two readings; within it a saturated post gains at most a few reactions.
        assert page.counts.likes is not None
        assert 0 <= page.counts.likes - stored.likes <= 2
        assert stored.views is not None
        assert stored.views <= (page.counts.views or 0)
        assert stored.label is None


def test_a_fresh_reading_is_not_taken_again(product: Product) -> None:
    """No duplicate scraping: the next look is due after twenty minutes."""
    plan = plan_posts(product)
    later(product, plan.posts[0].scheduled_at - product.clock.now())
    publish_next(product)
    assert len(measure_posts(product).read) == 1
    assert posts_due(product) == []
    later(product, timedelta(minutes=21))
    assert len(posts_due(product)) == 1


def test_the_account_is_read_once_an_hour(product: Product) -> None:
    """Followers come from the site's own data, exactly."""
    assert account_due(product)
    profile = measure_account(product)
    assert profile is not None
    assert profile.exact
    assert profile.followers
    assert not account_due(product)
    later(product, timedelta(minutes=61))
    assert account_due(product)


def test_a_page_that_changed_raises_an_alert_instead_of_storing_nulls(product: Product, site: Site) -> None:
    """A renamed test id must not look like a post without readers."""
    plan = plan_posts(product)
    later(product, plan.posts[0].scheduled_at - product.clock.now())
    publish_next(product)
    site.set_faults(changed_markup=True)
    report = measure_posts(product)
    assert report.read == ()
    assert len(report.missed) == 1
    assert metric_store.latest_reading(product.database, plan.posts[0].id) is None
    assert METRICS_UNREADABLE.key_of() in {alert.key for alert in open_alerts(product.database)}


def test_counts_that_nobody_tells_are_missed_and_are_no_zeros(product: Product, site: Site) -> None:
    """The page is there and readable otherwise: of a post its reading is missed, of the account there is none."""
    plan = plan_posts(product)
    later(product, plan.posts[0].scheduled_at - product.clock.now())
    publish_next(product)
    site.set_faults(counts_hidden=True)
    report = measure_posts(product)
    assert report.read == ()
    assert ["replies, reposts, likes, bookmarks" in str(miss["reason"]) for miss in report.missed] == [True]
    with pytest.raises(PermanentFailure, match="followers, following, posts") as caught:
        measure_account(product)
    assert caught.value.code == "page_changed"
    assert metric_store.last_account_reading(product.database, product.settings.handle) is None


@pytest.mark.parametrize(
    ("faults", "failure"),
    [
        ({"llm_garbage": True}, PermanentFailure),
        ({"llm_status": 401}, PermanentFailure),
        ({"llm_status": 500}, TransientFailure),
        ({"llm_insufficient_quota": True}, BudgetFailure),
    ],
)
def test_a_plan_that_cannot_be_written_is_a_fallback_at_the_same_cadence(
    product: Product, site: Site, faults: dict[str, object], failure: type[ProductError]
) -> None:
    """Every failure has its kind, is in the ledger, and costs neither the account its post nor the plan its pace."""
    site.set_faults(**faults)
    with pytest.raises(failure):
        plan_posts(product, retried_at_once=lambda _: True)
    assert post_store.queue_counts(product.database) == {}
    plan = plan_posts(product)
    assert [post.source for post in plan.posts] == ["template"]
    assert plan.missing
    assert plan_wait(product) is not None
    later(product, timedelta(minutes=16))
    assert plan_wait(product) is not None
    later(product, timedelta(hours=2))
    assert plan_wait(product) is None


def test_without_any_fallback_the_failure_stands_and_is_not_repeated_every_minute(
    loop_settings: Callable[..., Settings], product: Product, site: Site, tmp_path: Path
) -> None:
    """No pool yet, and no templates in the persona's language."""
    templates = tmp_path / "none.toml"
    shipped = files("xbot_assets.domain.templates").joinpath("shipped.toml").read_text("utf-8")
    templates.write_text(shipped.replace('language = "en"', 'language = "de"'), encoding="utf-8")
    site.set_faults(llm_status=500)
    with open_product(loop_settings(templates_path=templates), worker="bare") as bare:
        with pytest.raises(TransientFailure):
            plan_posts(bare)
        assert plan_wait(bare) is not None
        later(product, timedelta(minutes=16))
        bare.clock.refresh()
        assert plan_wait(bare) is None


def test_the_day_s_budget_is_a_wall(loop_settings: Callable[..., Settings], product: Product, site: Site) -> None:
    """Nothing is asked when the worst case would not fit; the account still gets its post."""
    with open_product(loop_settings(daily_budget_usd=0.0), worker="poor") as poor:
        assert [post.source for post in plan_posts(poor).posts] == ["template"]
    assert site.llm_calls(since=product.clock.now()) == 0


def test_enough_waiting_posts_stop_the_planning(product: Product) -> None:
    """A queue that grows for ever would be posted late for ever."""
    while post_store.queue_counts(product.database).get("queued", 0) < product.settings.plan_queue_max:
        plan_posts(product)
    assert plan_wait(product) is not None


def test_without_a_cache_the_champion_is_the_same(loop_settings: Callable[..., Settings], product: Product) -> None:
    """Losing the cache loses nothing."""
    turn(product)
    with open_product(loop_settings(redis_url="off"), worker="cacheless") as cacheless:
        assert training.current_champion(cacheless, "bandit") == training.current_champion(product, "bandit")


def test_a_promotion_is_seen_at_once_in_spite_of_the_cache(product: Product) -> None:
    """Never a stale model after a promotion."""
    turn(product)
    before = training.current_champion(product, "bandit")
    turn(product)
    after = training.current_champion(product, "bandit")
    assert before is not None
    assert after is not None
    assert after.version > before.version
    assert after == model_store.champion(product.database, "bandit")
