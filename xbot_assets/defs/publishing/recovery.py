"""Unconfirmed posts, and the timeline compared with the queue."""

from dataclasses import asdict

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.publishing.assets import published_posts
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.publishing.reconciliation import Comparison, compare_timeline
from xbot_assets.steps.publishing.recovery import Recovery, recover_posts

PHANTOM_COLUMNS = ["x_post_id", "created_at", "resembles_post_id", "text"]
REMOVED_COLUMNS = ["id", "x_post_id", "text"]


@dg.asset(
    group_name="publishing",
    kinds={"chromium", "postgres"},
    deps=[published_posts],
    pool=BROWSER_POOL[Lane.HIGH],
    op_tags=lane_tags(Lane.HIGH),
    tags={"xbot/step": "recover"},
)
def recovered_post_ids(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """X's ids of posts whose outcome was unknown, from one deep look at the own timeline and its replies.

    A post that is surely not there goes back to the queue once; one that could not be looked for stays unconfirmed.
    """
    with as_dagster_failure(context, product):
        return materialized(_recovery_metadata(recover_posts(product)))


@dg.asset(
    group_name="publishing",
    kinds={"chromium", "postgres"},
    deps=[published_posts],
    pool=BROWSER_POOL[Lane.HIGH],
    op_tags=lane_tags(Lane.HIGH),
    tags={"xbot/step": "recover"},
)
def timeline_reconciliation(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """What X shows against what the queue says, in both directions, from one read of the own timeline.

    Published posts that X took back, and posts on X that no row knows: doubled ones, and the owner's own.
    """
    with as_dagster_failure(context, product):
        return materialized(_comparison_metadata(compare_timeline(product)))


def _recovery_metadata(recovery: Recovery) -> dict[str, dg.MetadataValue | int | str]:
    return {
        "looked_for": recovery.looked_for,
        "found_on_x": len(recovery.confirmed),
        "queued_again": len(recovery.requeued),
        "still_unconfirmed": len(recovery.unconfirmed),
        "posts": table(
            [{"id": post_id, "is": "found"} for post_id in recovery.confirmed]
            + [{"id": post_id, "is": "queued again"} for post_id in recovery.requeued]
            + [{"id": post_id, "is": "unconfirmed"} for post_id in recovery.unconfirmed],
            ["id", "is"],
        ),
    }


def _comparison_metadata(comparison: Comparison) -> dict[str, dg.MetadataValue | int | str]:
    return {
        "posts_seen": comparison.posts_seen,
        "covers_since": f"{comparison.covers_since:%Y-%m-%d %H:%M} UTC" if comparison.covers_since else "nothing",
        "confirmed": len(comparison.confirmed),
        "missing": len(comparison.missing),
        "back": len(comparison.back),
        "removed": table([asdict(post) for post in comparison.removed], REMOVED_COLUMNS),
        "phantoms": table([asdict(post) for post in comparison.phantoms], PHANTOM_COLUMNS),
    }
