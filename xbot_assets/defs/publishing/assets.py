"""Posts on X. Keep out: the fence around publishing (``loop/publishing.py``)."""

import dagster as dg

from xbot_assets.defs.content.assets import content_plan
from xbot_assets.defs.failures import PUBLISH_WAITS, as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags
from xbot_assets.defs.resources import ProductIn
from xbot_assets.domain.failures import worth_an_immediate_retry
from xbot_assets.domain.lanes import Lane
from xbot_assets.loop.publishing import PublishReport, publish_next
from xbot_assets.store.posts import queue_counts


@dg.asset(
    group_name="publishing",
    kinds={"chromium", "postgres"},
    deps=[content_plan],
    pool=BROWSER_POOL[Lane.CRITICAL],
    op_tags=lane_tags(Lane.CRITICAL),
    tags={"xbot/step": "publish"},
)
def published_posts(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """At most one due post, published through Chromium, with the id that X itself returned.

    First, posts whose outcome is unknown and whose look is due are looked up on the own timeline.
    """
    with as_dagster_failure(context, product, waits=PUBLISH_WAITS):
        report = publish_next(
            product, retried_at_once=lambda e: worth_an_immediate_retry(e, context.retry_number, PUBLISH_WAITS)
        )
        return dg.MaterializeResult(metadata=_metadata(report, queue_counts(product.database)))


def _metadata(report: PublishReport, queue: dict[str, int]) -> dict[str, dg.MetadataValue | int | str]:
    found: dict[str, dg.MetadataValue | int | str] = {f"queue_{state}": n for state, n in queue.items()}
    found["published"] = int(report.x_post_id is not None)
    found["found_on_x"] = len(report.found)
    found["still_unconfirmed"] = len(report.still_unconfirmed)
    if report.url:
        found["post"] = dg.MetadataValue.url(report.url)
    if report.text:
        found["text"] = report.text
    if report.shadow:
        found["shadow"] = "Recorded, not posted: this is shadow mode."
    return found
