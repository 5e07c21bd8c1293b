"""Checks of metrics."""

import dagster as dg

from xbot_assets.defs.metrics.assets import post_metrics
from xbot_assets.defs.resources import ProductIn
from xbot_assets.store.metrics.readings import newest_batches
from xbot_assets.store.publishing.queue import impossible_readings

BATCHES_CHECKED = 20


@dg.asset_check(asset=post_metrics)
def counts_are_possible(product: ProductIn) -> dg.AssetCheckResult:
    """No latest reading shows more likes than views: that would mean the page is read wrongly."""
    rows = impossible_readings(product.database)
    return dg.AssetCheckResult(passed=not rows, metadata={"impossible": len(rows)})


@dg.asset_check(asset=post_metrics)
def sources_agree(product: ProductIn) -> dg.AssetCheckResult:
    """What the pages show is what X's own data told, in the last readings that both told of."""
    batches = newest_batches(product.database, BATCHES_CHECKED)
    compared, disagreed = sum(one.compared for one in batches), sum(one.disagreed for one in batches)
    return dg.AssetCheckResult(passed=not disagreed, metadata={"compared": compared, "disagreed": disagreed})
