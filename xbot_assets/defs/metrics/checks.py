"""Checks of metrics."""

import dagster as dg

from xbot_assets.defs.metrics.assets import post_metrics
from xbot_assets.defs.resources import ProductIn
from xbot_assets.store.publishing.queue import impossible_readings


@dg.asset_check(asset=post_metrics)
def counts_are_possible(product: ProductIn) -> dg.AssetCheckResult:
    """No latest reading shows more likes than views: that would mean the page is read wrongly."""
    rows = impossible_readings(product.database)
    return dg.AssetCheckResult(passed=not rows, metadata={"impossible": len(rows)})
