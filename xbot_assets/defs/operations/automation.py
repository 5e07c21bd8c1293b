"""Alerts on failed runs and on a long browser queue; when to check the session and to draw the browser's usage."""

from collections import defaultdict
from datetime import UTC, datetime

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.failures import TOLD_BY
from xbot_assets.defs.lanes import LANE_TAG
from xbot_assets.defs.operations.jobs import session_job, watch_job
from xbot_assets.defs.resources import TickIn
from xbot_assets.domain.alerts.operations import RUN_FAILED
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.operations.browser_queue import watch_queue
from xbot_assets.steps.watching.schedule_waits import check_session_wait
from xbot_assets.store.alerts import alert, resolve_alert

LOOK_EVERY_SECONDS = 30
TWICE_AN_HOUR = "5,35 * * * *"
"""Five minutes past, so that it does not start together with everything that starts on the hour."""
REASON_LENGTH = 500
"""Characters of Dagster's own message kept in an alert."""


@dg.run_failure_sensor(
    name="alert_on_failed_run",
    description="Raise, or join, one alert per job whose run failed.",
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def alert_on_failed_run(context: dg.RunFailureSensorContext, tick: TickIn) -> None:
    """Raise, or join, one alert per job whose run failed: no run fails in silence.

    A run whose failed steps all have an alert of their own opens no other.
    """
    steps = context.get_step_failure_events()
    if steps and all(_is_told(step) for step in steps):
        return
    alert(
        tick.database,
        RUN_FAILED,
        now=tick.clock.now(),
        job=context.dagster_run.job_name,
        reason=(context.failure_event.message or "no message")[:REASON_LENGTH],
        run_id=context.dagster_run.run_id,
    )


def _is_told(step: dg.DagsterEvent) -> bool:
    failure = step.step_failure_data.user_failure_data
    told = failure.metadata.get(TOLD_BY) if failure else None
    return told is not None and bool(told.value)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="resolve_failed_run",
    description="Close the alert about a job as soon as a run of it succeeds.",
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def resolve_failed_run(context: dg.RunStatusSensorContext, tick: TickIn) -> None:
    """Close the alert about a job as soon as a run of it succeeds."""
    resolve_alert(tick.database, RUN_FAILED, tick.clock.now(), job=context.dagster_run.job_name)


@dg.sensor(
    name="watch_browser_queue",
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def watch_browser_queue(context: dg.SensorEvaluationContext, tick: TickIn) -> dg.SkipReason:
    """Note how many runs wait for the browser, and since when; alert when too many do. It starts nothing."""
    waiting = watch_queue(tick, _waiting(context.instance), system_now())
    return dg.SkipReason(f"{waiting} runs wait for the browser.")


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=session_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="check_session_when_due",
)
def check_session_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Check the session every ten minutes of the product's clock, outside posting windows."""
    return request_unless(context, session_job.name, wait=check_session_wait(tick))


watch_browser_usage = dg.ScheduleDefinition(
    name="watch_browser_usage",
    job=watch_job,
    cron_schedule=TWICE_AN_HOUR,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Twice an hour in real time: waiting is felt in real time.",
)


def _waiting(instance: dg.DagsterInstance) -> dict[Lane, list[datetime]]:
    """Return when each queued run was created, under the most urgent of its lanes."""
    waiting: dict[Lane, list[datetime]] = defaultdict(list)
    for record in instance.get_run_records(RunsFilter(statuses=[DagsterRunStatus.QUEUED])):
        lanes = [lane for lane in Lane if f"{LANE_TAG}.{lane}" in record.dagster_run.tags]
        if lanes:
            waiting[lanes[0]].append(record.create_timestamp.astimezone(UTC))
    return waiting
