"""The run queue that knows the browser lanes, and that no asset is materialized twice at once.

Whoever submits a run (schedule, sensor, UI, CLI, backfill, re-execution), its steps are read from its own execution
plan, and the run is tagged with the lanes and assets of its steps. ``concurrency.runs.tag_concurrency_limits`` in
``dagster.yaml`` then lets one high and one low run start at a time, and one run of each asset; critical has no limit of
its own, so one of the three slots is always its own.

A run that would do what another one, still waiting, is about to do is cancelled at once, with the reason in its log:
eighteen clicks of an impatient hand are one run. A run that has begun is no reason: what it reads may be old by now.
"""

from collections.abc import Mapping, Sequence

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, QueuedRunCoordinator, RunsFilter, SubmitRunContext

from xbot_assets.defs.instance.dagster_internals import BACKFILL_TAG, PARTITION_TAGS, PRIORITY_TAG
from xbot_assets.defs.lanes import run_tags

SAME_AS_TAG = "xbot/same_as"
"""On a cancelled run: the run that waits for the same work."""
SYSTEM_TAGS = ("dagster/", ".dagster/", "xbot/")
"""How tags begin that Dagster and we ourselves put on runs."""


class LaneRunCoordinator(QueuedRunCoordinator[DagsterInstance]):
    """Dagster's queue, with lane tags and a priority added to each run as it is submitted."""

    def submit_run(self, context: SubmitRunContext) -> DagsterRun:
        """Tag the run by its own steps, then queue it."""
        run = context.dagster_run
        tags = run_tags(self._step_tags(run))
        # A priority that somebody gave the run by hand is theirs to give; a lane is not.
        if PRIORITY_TAG in run.tags:
            tags.pop(PRIORITY_TAG, None)
        if tags:
            self._instance.add_run_tags(run.run_id, tags)
        waiting = self._same_that_waits(run)
        if waiting is not None and run.status is DagsterRunStatus.NOT_STARTED:
            return self._collapse(run, waiting)
        return super().submit_run(context)

    def _same_that_waits(self, run: DagsterRun) -> DagsterRun | None:
        """Return a queued run that will do the same work; a backfill counts its own runs and needs each of them."""
        if BACKFILL_TAG in run.tags:
            return None
        queued = self._instance.get_runs(RunsFilter(job_name=run.job_name, statuses=[DagsterRunStatus.QUEUED]))
        return next((other for other in queued if BACKFILL_TAG not in other.tags and _work(other) == _work(run)), None)

    def _collapse(self, run: DagsterRun, waiting: DagsterRun) -> DagsterRun:
        self._instance.add_run_tags(run.run_id, {SAME_AS_TAG: waiting.run_id})
        self._instance.report_run_canceled(
            run, message=f"Run {waiting.run_id} waits in the queue for the same work, so this one is not needed."
        )
        return self._instance.get_run_by_id(run.run_id) or run

    def _step_tags(self, run: DagsterRun) -> Sequence[Mapping[str, str]]:
        """Return the tags of the steps that this run will execute."""
        if run.execution_plan_snapshot_id is None:
            return []
        plan = self._instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
        wanted = set(run.step_keys_to_execute or plan.step_keys_to_execute)
        return [step.tags for step in plan.steps if step.key in wanted and step.tags]


def _work(run: DagsterRun) -> tuple[object, ...]:
    """Return what makes two runs of one job the same work: what they execute, with which configuration, of what.

    A tag that a person gave is part of it: it means something to them.
    """
    return (
        run.step_keys_to_execute,
        run.asset_selection,
        run.asset_check_selection,
        run.op_selection,
        run.run_config,
        run.parent_run_id,
        {tag: value for tag, value in run.tags.items() if tag in PARTITION_TAGS or not tag.startswith(SYSTEM_TAGS)},
    )
