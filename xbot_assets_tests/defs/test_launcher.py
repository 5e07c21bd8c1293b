"""The run launcher: a start that fails fails its run, and a run whose process is gone is noticed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import pytest

from xbot_assets.defs.instance.dagster_internals import EngineEventData, LaunchRunContext, WorkerStatus
from xbot_assets.defs.instance.launcher import LaneRunLauncher
from xbot_assets.testing.patience import until

HOUR_SECONDS = 3600.0


@pytest.fixture
def launcher(instance: dg.DagsterInstance) -> LaneRunLauncher:
    """The launcher that ``dagster.yaml`` names."""
    run_launcher = instance.run_launcher
    assert isinstance(run_launcher, LaneRunLauncher)
    return run_launcher


def a_run(instance: dg.DagsterInstance, definitions: dg.Definitions, status: dg.DagsterRunStatus) -> dg.DagsterRun:
    """Create a run of the publishing job in a state."""
    return instance.create_run_for_job(definitions.resolve_job_def("publish"), status=status)


def status_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    """Read a run's state again."""
    stored = instance.get_run_by_id(run.run_id)
    assert stored is not None
    return stored.status


@contextmanager
def a_process() -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that does nothing until its input ends."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_run_that_cannot_be_started_fails_with_the_reason_in_its_log(
    instance: dg.DagsterInstance, definitions: dg.Definitions, launcher: LaneRunLauncher
) -> None:
    """The daemon is told at once that it may go on; what goes wrong later must not be lost."""
    run = a_run(instance, definitions, dg.DagsterRunStatus.STARTING)
    launcher.launch_run(LaunchRunContext(run, workspace=None))
    until(lambda: status_of(instance, run) is dg.DagsterRunStatus.FAILURE)
    said = [event.message for event in instance.all_logs(run.run_id)]
    assert any("could not be started" in message for message in said)


def test_a_run_that_began_in_spite_of_an_error_is_left_alone(
    instance: dg.DagsterInstance, definitions: dg.Definitions, launcher: LaneRunLauncher
) -> None:
    """The answer to the start was lost, the run was not."""
    run = a_run(instance, definitions, dg.DagsterRunStatus.STARTED)
    launcher.launch_run(LaunchRunContext(run, workspace=None))
    launcher.dispose()
    assert status_of(instance, run) is dg.DagsterRunStatus.STARTED


def test_a_run_is_known_to_live_as_long_as_its_process_does(
    instance: dg.DagsterInstance, definitions: dg.Definitions, launcher: LaneRunLauncher
) -> None:
    """The code server that started it may have been restarted meanwhile, and knows nothing."""
    assert launcher.supports_check_run_worker_health
    run = a_run(instance, definitions, dg.DagsterRunStatus.STARTED)
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    with a_process() as process:
        instance.report_engine_event("In whatever words.", run, EngineEventData.in_process(process.pid))
        assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    assert launcher.check_run_worker_health(run).status is WorkerStatus.NOT_FOUND


def test_another_process_with_the_same_number_is_not_the_run_s(
    instance: dg.DagsterInstance,
    definitions: dg.Definitions,
    launcher: LaneRunLauncher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Numbers are given again: the run named this one an hour before the process that has it now began."""
    run = a_run(instance, definitions, dg.DagsterRunStatus.STARTED)
    with a_process() as process, monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda clock=time.time: clock() - HOUR_SECONDS)
        instance.report_engine_event("In whatever words.", run, EngineEventData.in_process(process.pid))
        earlier.undo()
        assert launcher.check_run_worker_health(run).status is WorkerStatus.NOT_FOUND
