"""The emergency pool as an asset."""

from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.failures import PLAN_WAITS, as_dagster_failure
from xbot_assets.defs.operations.jobs import pool_job
from xbot_assets.defs.plots import bar_plot, table
from xbot_assets.defs.resources import ProductIn
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.steps.content.emergency_pool import TopUp, pool_wait, top_up
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
        return dg.MaterializeResult(metadata=_metadata(product, top_up(product)))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=pool_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="top_up_pool_when_due",
)
def top_up_pool_when_due(context: dg.ScheduleEvaluationContext, product: ProductIn) -> dg.RunRequest | dg.SkipReason:
    """Fill the pool when it is small or holds stale posts, and there is money for it."""
    return request_unless(context, pool_job.name, wait=pool_wait(product))


def _metadata(product: Product, done: TopUp) -> dict[str, dg.MetadataValue | int | float]:
    rows = [{**asdict(post), "pooled": f"{post.pooled_at:%Y-%m-%d %H:%M} UTC"} for post in pool_posts(product.database)]
    by_source = posts_by_source(product.database, product.clock.now() - SHOWN)
    found: dict[str, dg.MetadataValue | int | float] = {
        "posts": table(rows, ["id", "pooled", "topic", "format", "text"]),
        "size": done.size,
        "added": len(done.added),
        "retired": len(done.retired),
        "cost_usd": done.cost_microusd / MICROUSD_PER_USD,
        "fallback_share_of_a_day": fallback_share(product).share,
    }
    if by_source:
        counts = [float(count) for count in by_source.values()]
        found["posts_by_source"] = bar_plot(list(by_source), counts, errors=None, title="Posts of a week by source")
    return found
