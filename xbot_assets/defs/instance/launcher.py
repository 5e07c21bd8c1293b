"""The run launcher: starts each run on a thread of its own, and knows whether a run's process still lives.

Why threads: Dagster's daemon starts runs one after the other and waits for each to begin, so behind a slow start of a
low run a post would wait in the queue. Why the look at the process: Dagster's default launcher learns of a killed
worker from the code server that started it, which forgets its workers when it is restarted itself; the run would then
hold its slot until the longest run time.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import psutil  # type: ignore[import-untyped]  # ships no types
from dagster import DagsterEventType, DagsterRun, DagsterRunStatus, DefaultRunLauncher, EventLogEntry

from xbot_assets.defs.instance.dagster_internals import (
    CheckRunHealthResult,
    ConfigurableClassData,
    EngineEventData,
    LaunchRunContext,
    WorkerStatus,
    serializable_error_info_from_exc_info,
)

THREADS = 14
"""Starts at once; ``max_concurrent_runs`` in ``dagster.yaml`` allows no more runs than this."""
START_TOLERANCE_SECONDS = 2.0
"""A process that began later than this after the run's start is another one that was given the same number."""
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
        pid = self._pid_of(run)
        if pid is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "It has not named its process yet.")
        if _lives(pid, self._began(run)):
            return CheckRunHealthResult(WorkerStatus.RUNNING, run_worker_id=str(pid))
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"Its process {pid} is gone.", run_worker_id=str(pid))

    def _pid_of(self, run: DagsterRun) -> int | None:
        events = self._instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT)
        return next((pid for pid in map(_noted_pid, reversed(events)) if pid is not None), None)

    def _began(self, run: DagsterRun) -> float | None:
        record = self._instance.get_run_record_by_id(run.run_id)
        return record.start_time if record else None

    def dispose(self) -> None:
        """Start what was asked for, then nothing more."""
        self._threads.shutdown(wait=True)
        super().dispose()


def _noted_pid(event: EventLogEntry) -> int | None:
    noted = event.get_dagster_event().engine_event_data.metadata.get(_PID)
    return None if noted is None else int(str(noted.value))


def _lives(pid: int, began: float | None) -> bool:
    """Say whether this process runs and is old enough to be the one that began the run (seconds since 1970)."""
    try:
        process = psutil.Process(pid)
        same = began is None or process.create_time() <= began + START_TOLERANCE_SECONDS
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
