"""Checks of publishing."""

import dagster as dg

from xbot_assets.defs.publishing.assets import published_posts
from xbot_assets.defs.resources import ProductIn
from xbot_assets.store.publishing.posts import queue_counts


@dg.asset_check(asset=published_posts)
def no_post_is_unconfirmed(product: ProductIn) -> dg.AssetCheckResult:
    """Every submitted post has been seen on X: none is ``unconfirmed``."""
    unconfirmed = queue_counts(product.database).get("unconfirmed", 0)
    return dg.AssetCheckResult(
        passed=unconfirmed == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"unconfirmed": unconfirmed}
    )
