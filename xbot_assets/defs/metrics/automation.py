"""When to read metrics."""

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.metrics.jobs import account_job, measure_job
from xbot_assets.defs.resources import TickIn
from xbot_assets.steps.watching.schedule_waits import measure_account_wait, measure_wait


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=measure_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="measure_when_due",
)
def measure_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Read posts as soon as one is due by its age, outside posting windows and while X's page can be read."""
    return request_unless(context, measure_job.name, wait=measure_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=account_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="measure_account_when_due",
)
def measure_account_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Read the own profile every hour of the product's clock, outside posting windows."""
    return request_unless(context, account_job.name, wait=measure_account_wait(tick))
