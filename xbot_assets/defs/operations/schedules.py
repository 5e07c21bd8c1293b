"""When to draw the browser's usage."""

import dagster as dg

from xbot_assets.defs.operations.jobs import watch_job

TWICE_AN_HOUR = "5,35 * * * *"
"""Five minutes past, so that it does not start together with everything that starts on the hour."""

watch_browser = dg.ScheduleDefinition(
    name="watch_browser_usage",
    job=watch_job,
    cron_schedule=TWICE_AN_HOUR,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Twice an hour in real time: waiting is felt in real time.",
)
