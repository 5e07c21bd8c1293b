"""Metrics of posts and of the account."""

from collections.abc import Sequence
from datetime import datetime

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.metrics.followers import follower_metadata
from xbot_assets.defs.plots import Plots
from xbot_assets.defs.publishing.assets import published_posts
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.metrics.page_watch import profile_wait
from xbot_assets.steps.metrics.readings import MeasureReport, measure_account, measure_posts
from xbot_assets.steps.product import Product
from xbot_assets.store.metrics.readings import ReadingBatch, newest_batches

BATCHES_DRAWN = 50
COLUMNS = ["post_id", "likes", "reposts", "replies", "bookmarks", "views", "label"]


@dg.asset(
    group_name="metrics",
    kinds={"chromium", "postgres"},
    deps=[published_posts],
    pool=BROWSER_POOL[Lane.HIGH],
    op_tags=lane_tags(Lane.HIGH),
    tags={"xbot/step": "measure"},
)
def post_metrics(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """The public counts of every post that is due for a reading, from the own timeline or from its own page.

    Posts under 24 h old are read every 20 minutes, up to 7 days every 2 hours, then daily, and monthly after 90 days;
    less often while nothing happens; missing ones first. What cannot be true is kept apart, with the evidence.
    """
    with as_dagster_failure(context, product):
        return materialized(_metadata(measure_posts(product), product, Plots.of(context, product.settings)))


@dg.asset(
    group_name="metrics",
    kinds={"chromium", "postgres"},
    deps=[published_posts],
    pool=BROWSER_POOL[Lane.HIGH],
    op_tags=lane_tags(Lane.HIGH),
    tags={"xbot/step": "measure"},
)
def account_metrics(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Followers, following and number of posts of the own account, exact where X's data gives them.

    What of the followers' change of the last 28 days goes with posts is told with its 95 % interval.
    """
    with as_dagster_failure(context, product):
        profile = measure_account(product)
        if profile is None:
            return materialized({"wait": profile_wait(product) or "Another run probes the profile's page."})
        return materialized(
            {
                "followers": profile.followers,
                "following": profile.following,
                "posts": profile.posts,
                "exact": profile.exact,
                **follower_metadata(product, Plots.of(context, product.settings)),
            }
        )


def _metadata(report: MeasureReport, product: Product, plots: Plots) -> dict[str, dg.MetadataValue | int | float | str]:
    metadata: dict[str, dg.MetadataValue | int | float | str] = {
        "posts_read": len(report.read),
        "posts_missed": len(report.missed),
        "success_share": report.success_share,
        "readings": table(report.read, COLUMNS),
    }
    if report.wait is not None:
        metadata["wait"] = report.wait
    if drawn := _shares(newest_batches(product.database, BATCHES_DRAWN)):
        metadata["troubles"] = plots.lines("troubles", drawn, title="Shares of what was read (UTC)")
    if report.quarantined:
        metadata["quarantined"] = table(report.quarantined, ["post_id", "problem", "reason"])
    if report.missed:
        metadata["missed"] = table(report.missed, ["post_id", "why", "reason"])
    return metadata


def _shares(batches: Sequence[ReadingBatch]) -> dict[str, list[tuple[datetime, float]]]:
    """Return, oldest first, which shares could not be read and did not agree; nothing when all was well."""
    if not any(batch.unparsed or batch.disagreed for batch in batches):
        return {}
    told = list(reversed(batches))
    return {
        "not readable": [(_at(one), one.unparsed / one.looked) for one in told if one.looked],
        "page and data differ": [(_at(one), one.disagreed / one.compared) for one in told if one.compared],
    }


def _at(batch: ReadingBatch) -> datetime:
    return batch.read_at.replace(tzinfo=None)
