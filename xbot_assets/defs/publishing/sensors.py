"""When to publish. Keep out: how (``assets.py``)."""

import dagster as dg

from xbot_assets.defs.due import request_unless
from xbot_assets.defs.operations.jobs import publish_job
from xbot_assets.defs.resources import ProductIn
from xbot_assets.loop.publishing import publish_wait, take_from_dead_worker

LOOK_EVERY_SECONDS = 10


@dg.sensor(
    job=publish_job,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    name="publish_when_due",
)
def publish_when_due(context: dg.SensorEvaluationContext, product: ProductIn) -> dg.RunRequest | dg.SkipReason:
    """Publish when a post is due or one in doubt can be looked for again."""
    take_from_dead_worker(product, lambda run_id: _has_ended(context.instance, run_id))
    wait = publish_wait(product)
    return request_unless(context, publish_job.name, wait=wait)


def _has_ended(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Say whether this is a run that is over; a worker that is no run of Dagster's is unknown here."""
    run = instance.get_run_by_id(run_id)
    return run is not None and run.is_finished
