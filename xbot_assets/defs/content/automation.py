"""When to plan, to top the emergency pool up, and to draw."""

import dagster as dg

from xbot_assets.defs.content.jobs import gate_refusals_job, llm_failures_job, plan_job, pool_job
from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.resources import TickIn
from xbot_assets.steps.content.emergency_pool import pool_wait
from xbot_assets.steps.content.plan_due import plan_wait

TWENTY_PAST = "20 * * * *"
"""Apart from what starts on the hour."""
TWENTY_FIVE_PAST = "25 * * * *"
"""Apart from that, too, and from the other drawn assets."""


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=plan_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="plan_when_due",
)
def plan_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Plan every two hours of the product's clock, unless enough posts wait already."""
    return request_unless(context, plan_job.name, wait=plan_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=pool_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="top_up_pool_when_due",
)
def top_up_pool_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Fill the pool when it is small or holds stale posts, and there is money for it."""
    return request_unless(context, pool_job.name, wait=pool_wait(tick))


draw_gate_refusals = dg.ScheduleDefinition(
    name="draw_gate_refusals",
    job=gate_refusals_job,
    cron_schedule=TWENTY_PAST,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once an hour in real time.",
)
draw_llm_failures = dg.ScheduleDefinition(
    name="draw_llm_failure_patterns",
    job=llm_failures_job,
    cron_schedule=TWENTY_FIVE_PAST,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once an hour in real time.",
)
