"""When to read metrics. Keep out: how (``assets.py``)."""

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_when
from xbot_assets.defs.operations.jobs import account_job, measure_job
from xbot_assets.defs.resources import ProductIn
from xbot_assets.loop.measuring import account_due, posts_due


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=measure_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="measure_when_due",
)
def measure_when_due(context: dg.ScheduleEvaluationContext, product: ProductIn) -> dg.RunRequest | dg.SkipReason:
    """Read posts as soon as one is due by its age."""
    due = bool(posts_due(product))
    return request_when(context, measure_job.name, due=due, otherwise="No post is due for a reading.")


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=account_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="measure_account_when_due",
)
def measure_account_when_due(
    context: dg.ScheduleEvaluationContext, product: ProductIn
) -> dg.RunRequest | dg.SkipReason:
    """Read the own profile every hour of the product's clock."""
    due = account_due(product)
    return request_when(context, account_job.name, due=due, otherwise="The profile was read recently.")
