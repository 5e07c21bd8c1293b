"""A program that still runs but does nothing is ended and started again; one that nobody asked is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.supervision.below import Below
from xbot_assets.runtime.supervision.child import Child, Limits, Reports
from xbot_assets.runtime.supervision.orphans import ProcessRecord
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.runtime.supervision.pulse import Pulse
from xbot_assets.testing.patience import PATIENCE, until

SLEEPS = [sys.executable, "-c", "import time\nwhile True: time.sleep(0.05)"]
SILENCE, START = 30.0, 60.0


class _Clock:
    """Seconds that the test lets pass."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _program(answers: list[bool | None]) -> Program:
    """Return a program whose last answer stays."""
    return Program("part", SLEEPS, lambda: True, pulse=lambda: answers.pop(0) if len(answers) > 1 else answers[0])


def _felt(answers: list[bool | None], pids: list[int] | None = None, pause: float = 5.0) -> list[float]:
    """Return the silence that is felt at each look, with a pause before each."""
    clock = _Clock()
    pulse, program, felt = Pulse(SILENCE, START, clock), _program(list(answers)), []
    for number in range(len(answers)):
        clock.now += pause
        felt.append(pulse.feel((pids or [os.getpid()] * len(answers))[number], program))
        clock.now += 1.0  # an answer takes a while
    return felt


def test_silence_is_counted_from_the_first_question_without_an_answer() -> None:
    """And ends with an answer; one that cannot be told for another's fault is none."""
    assert _felt([True, False, False, False]) == [0.0, 0.0, 6.0, 12.0]
    assert _felt([False, False, True, False]) == [0.0, 6.0, 0.0, 0.0]
    assert _felt([False, None, False, False]) == [0.0, 0.0, 0.0, 6.0]


def test_a_gap_in_which_nobody_looked_is_not_silence() -> None:
    """The supervisor itself was stopped, or the machine slept."""
    assert _felt([False, False, False], pause=100.0) == [0.0, 0.0, 0.0]


def test_a_program_that_was_started_again_first_has_its_time_to_start() -> None:
    """A database that recovers answers late."""
    mine, other = os.getpid(), os.getppid()
    assert _felt([True, *[False] * 12], [mine, *[other] * 12])[-1] == 6.0 * 11 - START


@pytest.mark.parametrize("pulse", [lambda: True, None])
def test_a_stopped_program_is_ended_with_its_group_and_started_again(tmp_path: Path, pulse: object) -> None:
    """Whatever its sockets still accept."""
    told: list[str] = []
    frozen: list[str] = []
    reports = Reports(told.append, lambda _name, _count: None, lambda name, _seconds: frozen.append(name))
    limits = Limits(PATIENCE, 5, 1, silence_max_seconds=0.5)
    program = Program("part", SLEEPS, lambda: True, pulse=pulse)  # type: ignore[arg-type]
    child = Child(program, LogFile(tmp_path / "part.log"), ProcessRecord(tmp_path), limits, reports)
    try:
        child.start(os.environ, lambda: False)
        before = child.pid
        assert before is not None
        os.kill(before, signal.SIGSTOP)
        until(lambda: child.pid not in {None, before}, "it was started again")
        assert not psutil.pid_exists(before)
        until(lambda: frozen == ["part"], "it is told")
        assert any("did not answer" in sentence for sentence in told)
    finally:
        child.stop(lambda: True)


WITH_A_WORKER = """
import pathlib, subprocess, sys, time
while True:
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    pathlib.Path(sys.argv[1]).write_text(str(worker.pid))
    worker.wait()
"""
"""A program that replaces its worker, as Chromium's host and Dagster's code server do."""


def test_what_is_stopped_below_a_program_is_ended_and_the_program_goes_on(tmp_path: Path) -> None:
    """A fork server that stands still starts no run, and nobody asks it whether it lives."""
    told: list[str] = []
    frozen: list[str] = []
    reports = Reports(told.append, lambda _name, _count: None, lambda name, _seconds: frozen.append(name))
    mark = tmp_path / "worker"
    program = Program("part", [sys.executable, "-c", WITH_A_WORKER, str(mark)], lambda: bool(_written(mark)))
    limits = Limits(PATIENCE, 5, 1, silence_max_seconds=0.5)
    child = Child(program, LogFile(tmp_path / "part.log"), ProcessRecord(tmp_path), limits, reports)
    try:
        child.start(os.environ, lambda: False)
        leader, worker = child.pid, _written(mark)
        os.kill(int(worker), signal.SIGSTOP)
        until(lambda: _written(mark) not in {"", worker}, "there is another worker")
        assert not psutil.pid_exists(int(worker))
        assert child.pid == leader
        until(lambda: frozen == ["part"], "it is told")
        assert any("was stopped; it was ended" in sentence for sentence in told)
    finally:
        child.stop(lambda: True)


def _written(mark: Path) -> str:
    return mark.read_text() if mark.is_file() else ""


def test_how_long_something_has_stood_still_is_counted_in_looks() -> None:
    """So that a machine that slept is not taken for one."""
    with subprocess.Popen(SLEEPS) as process:
        try:
            below = Below(5.0)
            assert below.look(os.getpid()).get(psutil.Process(process.pid)) is None
            process.send_signal(signal.SIGSTOP)
            stopped = psutil.Process(process.pid)
            until(lambda: stopped.status() == psutil.STATUS_STOPPED, "it is stopped")
            assert [below.look(os.getpid())[stopped] for _ in range(3)] == [0.0, 5.0, 10.0]
            process.send_signal(signal.SIGCONT)
            until(lambda: stopped.status() != psutil.STATUS_STOPPED, "it goes on")
            assert stopped not in below.look(os.getpid())
        finally:
            process.kill()
