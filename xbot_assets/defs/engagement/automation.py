"""When to read what others write, and when to plan replies."""

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.engagement.jobs import harvest_job, inbound_job, replies_job
from xbot_assets.defs.resources import TickIn
from xbot_assets.steps.engagement.replies import replies_wait
from xbot_assets.steps.watching.schedule_waits import harvest_inbound_wait, harvest_opportunities_wait


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=inbound_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="harvest_inbound_when_due",
)
def harvest_inbound_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Read the notifications every few minutes of the product's clock, outside posting windows."""
    return request_unless(context, inbound_job.name, wait=harvest_inbound_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=harvest_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="harvest_opportunities_when_due",
)
def harvest_opportunities_when_due(
    context: dg.ScheduleEvaluationContext, tick: TickIn
) -> dg.RunRequest | dg.SkipReason:
    """Look for posts to answer: the more often the fewer there are, outside posting windows."""
    return request_unless(context, harvest_job.name, wait=harvest_opportunities_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=replies_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="plan_replies_when_due",
)
def plan_replies_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Plan replies when there is something to answer and room in the queue."""
    return request_unless(context, replies_job.name, wait=replies_wait(tick))
