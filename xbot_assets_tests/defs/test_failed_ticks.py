"""A tick that fails: what was due is still due at the next one."""

from datetime import timedelta

import dagster as dg
import pytest

from xbot_assets.defs.publishing.automation import publish_when_due
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.publishing import posts as post_store


def tick(instance: dg.DagsterInstance, product: Product) -> object:
    """Evaluate the sensor of publishing once."""
    return publish_when_due(dg.build_sensor_context(instance=instance, resources={"tick": product}))


def test_a_tick_that_failed_costs_nothing_but_itself(instance: dg.DagsterInstance, product: Product) -> None:
    """What is due is asked of the database at each tick, so the next one starts what the failed one did not."""
    now = product.clock.now()
    post = NewPost(text="Due now.", topic="cooking", format="tip", scheduled_at=now - timedelta(seconds=1))
    post_store.enqueue_posts(product.database, [post], now)
    product.database.close()
    with pytest.raises(PermanentFailure):
        tick(instance, product)
    with open_product(product.settings, worker="the next tick") as opened:
        assert isinstance(tick(instance, opened), dg.RunRequest)
