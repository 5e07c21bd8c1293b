"""When to publish. Keep out: how (``assets.py``)."""

import dagster as dg

from xbot_assets.defs.due import request_unless
from xbot_assets.defs.operations.jobs import publish_job
from xbot_assets.defs.resources import ProductIn
from xbot_assets.loop.publishing import publish_wait

LOOK_EVERY_SECONDS = 15


@dg.sensor(
    job=publish_job,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    name="publish_when_due",
)
def publish_when_due(context: dg.SensorEvaluationContext, product: ProductIn) -> dg.RunRequest | dg.SkipReason:
    """Publish when a post is due or one in doubt can be looked for again."""
    wait = publish_wait(product)
    return request_unless(context, publish_job.name, wait=wait)
