"""The one Dagster resource: it opens the product's parts for a step or a tick and closes them afterwards.

A resource lives once per step process, so it holds clients only; the browser itself belongs to its host.
Keep out: anything that outlives a step.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from xbot_assets.loop.product import Product, open_product
from xbot_assets.settings import load_settings

TICK_WORKER = "tick"
"""The worker's name outside a run: schedules and sensors only look, they claim nothing."""


@dg.resource(description="Database, cache, browser client and language model, opened for one step or tick.")
def product_resource(context: dg.InitResourceContext) -> Iterator[Product]:
    """Open the parts with settings read now, never at import; close them when the step ends."""
    worker = context.run_id or TICK_WORKER
    with open_product(load_settings(), worker=worker, asked_at=_created_at(context)) as product:
        yield product


def _created_at(context: dg.InitResourceContext) -> datetime | None:
    """Return when the run was created, whoever created it."""
    if context.run_id is None or context.instance is None:
        return None
    record = context.instance.get_run_record_by_id(context.run_id)
    return record.create_timestamp.astimezone(UTC) if record else None


ProductIn = dg.ResourceParam[Product]
"""What an asset, check, schedule or sensor asks for under the name ``product``."""
