"""The emergency pool as an asset."""

from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from xbot_assets.defs.failures import PLAN_WAITS, as_dagster_failure
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.plots import Plots
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.steps.content.emergency_pool import TopUp, top_up
from xbot_assets.steps.content.fallback import fallback_share
from xbot_assets.steps.product import Product
from xbot_assets.store.content.emergency_pool import pool_posts, posts_by_source

FRESH_FOR = timedelta(days=8)
"""A week's rotation and a day to spare, in real time."""
SHOWN = timedelta(days=7)


@dg.asset(
    group_name="content",
    kinds={"openai", "postgres"},
    tags={"xbot/step": "plan"},
    pool="emergency_pool",
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=FRESH_FOR),
)
def emergency_pool(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Ten to twenty approved posts for the day when nothing can be written.

    Topped up when it falls below its least size; each post is replaced after a week. A post that leaves unused is
    retired, not deleted.
    """
    with as_dagster_failure(context, product, waits=PLAN_WAITS):
        return materialized(_metadata(product, top_up(product), Plots.of(context, product.settings)))


def _metadata(product: Product, done: TopUp, plots: Plots) -> dict[str, dg.MetadataValue | int | float]:
    rows = [{**asdict(post), "pooled": f"{post.pooled_at:%Y-%m-%d %H:%M} UTC"} for post in pool_posts(product.database)]
    by_source = posts_by_source(product.database, product.clock.now() - SHOWN)
    metadata: dict[str, dg.MetadataValue | int | float] = {
        "posts": table(rows, ["id", "pooled", "topic", "format", "text"]),
        "size": done.size,
        "added": len(done.added),
        "retired": len(done.retired),
        "cost_usd": done.cost_microusd / MICROUSD_PER_USD,
        "fallback_share_of_a_day": fallback_share(product).share,
    }
    if by_source:
        counts = [float(count) for count in by_source.values()]
        title = "Posts of a week by source"
        metadata["posts_by_source"] = plots.bars("posts_by_source", list(by_source), counts, errors=None, title=title)
    return metadata
