"""When to plan."""

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.operations.jobs import plan_job
from xbot_assets.defs.resources import ProductIn
from xbot_assets.steps.content.planning import plan_wait


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=plan_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="plan_when_due",
)
def plan_when_due(context: dg.ScheduleEvaluationContext, product: ProductIn) -> dg.RunRequest | dg.SkipReason:
    """Plan every two hours of the product's clock, unless enough posts wait already."""
    wait = plan_wait(product)
    return request_unless(context, plan_job.name, wait=wait)
