"""When to read signals, and when to conclude from them."""

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.resources import TickIn
from xbot_assets.defs.signals.jobs import background_job, competitor_job, expert_job, high_value_job
from xbot_assets.domain.engagement.insights import InsightKind
from xbot_assets.steps.signals.insight_due import insight_wait
from xbot_assets.steps.watching.schedule_waits import read_background_wait, read_high_value_wait


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=high_value_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="read_high_value_when_due",
)
def read_high_value_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Read the accounts that you track every two hours of the product's clock, outside posting windows."""
    return request_unless(context, high_value_job.name, wait=read_high_value_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=background_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="read_background_when_due",
)
def read_background_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Read trends, news, liked posts and other accounts every four hours of the product's clock, while it is quiet."""
    return request_unless(context, background_job.name, wait=read_background_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=expert_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="conclude_expert_when_due",
)
def conclude_expert_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Conclude what works twice a day of the product's clock, from enough posts by others."""
    return request_unless(context, expert_job.name, wait=insight_wait(tick, InsightKind.EXPERT))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=competitor_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="conclude_competitor_when_due",
)
def conclude_competitor_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Conclude what other accounts do once a day of the product's clock, from enough posts of theirs."""
    return request_unless(context, competitor_job.name, wait=insight_wait(tick, InsightKind.COMPETITOR))
