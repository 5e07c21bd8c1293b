"""Posts on X."""

import dagster as dg

from xbot_assets.defs.content.assets import content_plan
from xbot_assets.defs.engagement.assets import planned_replies
from xbot_assets.defs.failures import PUBLISH_WAITS, as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.resources import ProductIn
from xbot_assets.domain.failures import worth_an_immediate_retry
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.publishing.cycle import PublishReport
from xbot_assets.steps.publishing.threads import publish_due
from xbot_assets.store.publishing.posts import queue_counts


@dg.asset(
    group_name="publishing",
    kinds={"chromium", "postgres"},
    deps=[content_plan, planned_replies],
    pool=BROWSER_POOL[Lane.CRITICAL],
    op_tags=lane_tags(Lane.CRITICAL),
    tags={"xbot/step": "publish"},
)
def published_posts(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """At most one due post or thread, published through Chromium, with the ids that X itself returned.

    First, posts whose outcome is unknown and whose look is due are looked up on the own timeline.
    """
    with as_dagster_failure(context, product, waits=PUBLISH_WAITS):
        reports = publish_due(
            product, retried_at_once=lambda e: worth_an_immediate_retry(e, context.retry_number, PUBLISH_WAITS)
        )
        return materialized(_metadata(reports, queue_counts(product.database)))


def _metadata(reports: list[PublishReport], queue: dict[str, int]) -> dict[str, dg.MetadataValue | int | str]:
    metadata: dict[str, dg.MetadataValue | int | str] = {f"queue_{state}": n for state, n in queue.items()}
    report, last = reports[0], reports[-1]
    metadata["published"] = sum(each.x_post_id is not None for each in reports)
    metadata["found_on_x"] = sum(len(each.confirmed) for each in reports)
    metadata["still_unconfirmed"] = len(last.still_unconfirmed)
    if report.url:
        metadata["post"] = dg.MetadataValue.url(report.url)
    if report.text:
        metadata["text"] = report.text
    if last.place:
        metadata["thread"] = last.place
    if report.shadow:
        metadata["shadow"] = "Recorded, not posted: this is shadow mode."
    return metadata
