"""The run launcher: starts each run on a thread of its own, and knows whether a run's process still lives.

Why threads: Dagster's daemon starts runs one after the other and waits for each to begin, so behind a slow start of a
low run a post would wait in the queue. Why the look at the process: Dagster's default launcher learns of a killed
worker from the code server that started it, which forgets its workers when it is restarted itself; the run would then
hold its slot until the longest run time.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

from dagster import DagsterEventType, DagsterRun, DagsterRunStatus, DefaultRunLauncher, EventLogEntry

from xbot_assets.defs.instance.dagster_internals import (
    CheckRunHealthResult,
    ConfigurableClassData,
    EngineEventData,
    LaunchRunContext,
    WorkerStatus,
    serializable_error_info_from_exc_info,
)
from xbot_assets.process_identity import began_between

THREADS = 14
"""Starts at once; ``max_concurrent_runs`` in ``dagster.yaml`` allows no more runs than this."""
_PID = "pid"
"""Under this name a run's process notes its own number in the data of the event with which it begins."""


class LaneRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher, made to start several runs at once and to notice dead ones. No configuration."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(inst_data)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="launch")

    def launch_run(self, context: LaunchRunContext) -> None:
        """Have the run started, and return at once."""
        self._threads.submit(self._launch, context)

    def _launch(self, context: LaunchRunContext) -> None:
        try:
            super().launch_run(context)
        except Exception:  # noqa: BLE001 - whatever it was, the run's own log must tell it
            self._report_not_started(context.dagster_run.run_id)

    def _report_not_started(self, run_id: str) -> None:
        """Fail a run that did not start, as the daemon does; one that began in spite of the error is left alone."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.status is not DagsterRunStatus.STARTING:
            return
        error = EngineEventData.engine_error(serializable_error_info_from_exc_info(sys.exc_info()))
        self._instance.report_engine_event("The run could not be started.", run, error)
        self._instance.report_run_failed(run)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Run monitoring may ask whether a run's process lives."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Say whether the process that began the run is still there, on this machine."""
        named = self._named_by(run)
        if named is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "It has not named its process yet.")
        pid, at = named
        if began_between(pid, 0.0, at):  # one that began after the number was named was given it later
            return CheckRunHealthResult(WorkerStatus.RUNNING, run_worker_id=str(pid))
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"Its process {pid} is gone.", run_worker_id=str(pid))

    def _named_by(self, run: DagsterRun) -> tuple[int, float] | None:
        """Return the number that the run's process last named as its own, and when (seconds since 1970)."""
        events = self._instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT)
        noted = ((_noted_pid(event), event.timestamp) for event in reversed(events))
        return next(((pid, at) for pid, at in noted if pid is not None), None)

    def dispose(self) -> None:
        """Start what was asked for, then nothing more."""
        self._threads.shutdown(wait=True)
        super().dispose()


def _noted_pid(event: EventLogEntry) -> int | None:
    noted = event.get_dagster_event().engine_event_data.metadata.get(_PID)
    return None if noted is None else int(str(noted.value))
