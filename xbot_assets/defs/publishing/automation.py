"""When to publish, to recover and to compare."""

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.publishing.jobs import publish_job, reconcile_job, recover_job
from xbot_assets.defs.resources import TickIn
from xbot_assets.steps.publishing.cycle import publish_wait, take_from_dead_worker
from xbot_assets.steps.publishing.recovery import recovery_wait
from xbot_assets.steps.watching.schedule_waits import reconcile_wait

LOOK_EVERY_SECONDS = 10
"""A due post is seen within this time."""
LEAST_INTERVAL_SECONDS = LOOK_EVERY_SECONDS - 1
"""What Dagster is told: its loop passes every 5 s, so that at 10 a tick that began a moment late would wait for 15."""


@dg.sensor(
    job=publish_job,
    minimum_interval_seconds=LEAST_INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    name="publish_when_due",
)
def publish_when_due(context: dg.SensorEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Publish when a post is due; unconfirmed ones are recovered by a run of their own."""
    take_from_dead_worker(tick, lambda run_id: _has_ended(context.instance, run_id))
    wait = publish_wait(tick, with_recovery=False)
    return request_unless(context, publish_job.name, wait=wait.sentence if wait else None)


@dg.sensor(
    job=recover_job,
    minimum_interval_seconds=LEAST_INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    name="recover_when_due",
)
def recover_when_due(context: dg.SensorEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Look for unconfirmed posts as soon as a look is due, and take posts from workers whose time is over."""
    return request_unless(context, recover_job.name, wait=recovery_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=reconcile_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="reconcile_when_due",
)
def reconcile_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Compare the timeline every day of the product's clock and when a post is due to be seen on X again."""
    return request_unless(context, reconcile_job.name, wait=reconcile_wait(tick))


def _has_ended(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Say whether this is a run that is over; a worker that is no run of Dagster's is unknown here."""
    run = instance.get_run_by_id(run_id)
    return run is not None and run.is_finished
