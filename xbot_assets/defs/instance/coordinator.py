"""The run queue that knows the browser lanes, and that no asset is materialized twice at once.

Whoever submits a run (schedule, sensor, UI, CLI, backfill, re-execution), its steps are read from its own execution
plan, and the run is tagged with the lanes and assets of its steps. ``concurrency.runs.tag_concurrency_limits`` in
``dagster.yaml`` then lets one high and one low run start at a time, and one run of each asset; critical has no limit of
its own, so one of the three slots is always its own.
"""

from collections.abc import Mapping, Sequence

from dagster import DagsterInstance, DagsterRun, QueuedRunCoordinator, SubmitRunContext

from xbot_assets.defs.instance.dagster_internals import PRIORITY_TAG
from xbot_assets.defs.lanes import run_tags


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
        return super().submit_run(context)

    def _step_tags(self, run: DagsterRun) -> Sequence[Mapping[str, str]]:
        """Return the tags of the steps that this run will execute."""
        if run.execution_plan_snapshot_id is None:
            return []
        plan = self._instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
        wanted = set(run.step_keys_to_execute or plan.step_keys_to_execute)
        return [step.tags for step in plan.steps if step.key in wanted and step.tags]
