"""Alerts on failed runs. Keep out: alerts that a step raises itself (``defs/failures.py``)."""

import dagster as dg

from xbot_assets.defs.resources import ProductIn
from xbot_assets.store.alerts import alert, resolve_alert

LOOK_EVERY_SECONDS = 30
REASON_LENGTH = 500
"""Characters of Dagster's own message kept in an alert."""


@dg.run_failure_sensor(
    name="alert_on_failed_run",
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def alert_on_failed_run(context: dg.RunFailureSensorContext, product: ProductIn) -> None:
    """Raise, or join, one alert per job whose run failed: no run fails in silence."""
    job = context.dagster_run.job_name
    alert(
        product.database,
        key=f"run_failed:{job}",
        severity="warning",
        reason=f"A run of {job} failed: {context.failure_event.message or 'no message'}"[:REASON_LENGTH],
        remedy=f"Open run {context.dagster_run.run_id} in the Dagster UI; its last lines name cause and remedy.",
        now=product.clock.now(),
    )


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="resolve_failed_run",
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def resolve_failed_run(context: dg.RunStatusSensorContext, product: ProductIn) -> None:
    """Close the alert about a job as soon as a run of it succeeds."""
    key = f"run_failed:{context.dagster_run.job_name}"
    resolve_alert(product.database, key, product.clock.now())
