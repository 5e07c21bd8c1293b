"""What every schedule and sensor does: ask the product whether work is due, and never start a job twice.

Ticks come in real time; the question is asked on the product's clock, so that a faster clock speeds the whole loop up.
"""

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

ACTIVE = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
EVERY_MINUTE = "* * * * *"
"""How often schedules ask; what they ask decides how often work is done."""


def request_unless(
    context: dg.SensorEvaluationContext | dg.ScheduleEvaluationContext, job: str, *, wait: str | None
) -> dg.RunRequest | dg.SkipReason:
    """Request one run of ``job`` unless there is a reason to ``wait`` or a run is active; the tick records which."""
    if wait is not None:
        return dg.SkipReason(wait)
    if context.instance.get_runs(RunsFilter(job_name=job, statuses=ACTIVE), limit=1):
        return dg.SkipReason(f"A run of {job} is already active.")
    return dg.RunRequest()
