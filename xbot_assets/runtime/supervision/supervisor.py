"""Starts programs in order, keeps them alive, and stops them in reverse order."""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType
from typing import Self

from xbot_assets.runtime.environment import environment_of, plain_environment
from xbot_assets.runtime.machine.files import private_directory
from xbot_assets.runtime.machine.logfile import LOG_BYTES_MAX, LogFile
from xbot_assets.runtime.machine.processes import MARK, mark_of
from xbot_assets.runtime.supervision.child import Child, Limits, Reports
from xbot_assets.runtime.supervision.guardian import Guardian
from xbot_assets.runtime.supervision.orphans import ProcessRecord, sweep
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.runtime.supervision.task import Finished, Task

LOGS_DIRECTORY = "logs"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCH_SECONDS = 0.2
"""The main thread looks this often whether a stop was asked for."""


class Stopped(Exception):
    """A stop was asked for while the stack was still starting."""


class _Patient(RotatingFileHandler):
    """A log that a full disk silences, instead of printing a traceback on the terminal for each line."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Lose the line."""

    def close(self) -> None:
        """Close the file; the end of what was buffered may be lost."""
        with contextlib.suppress(OSError):
            super().close()


class Supervisor:
    """Runs the programs of one stack; used as a context manager, from the main thread, under the lock.

    Args:
        home: the data directory.
        limits: how long things may take.
        environment: of which every program gets what it needs; its own additions come on top.
        tell: called with a sentence when something happens that a person may want to know.
    """

    def __init__(self, home: Path, limits: Limits, environment: Mapping[str, str], tell: Callable[[str], None]) -> None:
        self._home = home
        self._limits = limits
        self._environment = dict(environment)
        self._say = tell
        self._children: list[Child] = []
        self.deaths: Callable[[str, int], None] = lambda _name, _count: None
        """Told of programs that die; see :class:`Reports`. Called from their threads."""
        self.frozen: Callable[[str, float], None] = lambda _name, _seconds: None
        """Told of programs that did not answer and were ended; see :class:`Reports`. Called from their threads."""
        # Plain flags: an event's lock could be held by the very code that a signal handler interrupts.
        self._stop = False
        self._hurry = False
        self._asked_by = "the program itself"
        self._log = logging.getLogger(f"xbot.supervisor.{home}")

    def __enter__(self) -> Self:
        """End what an earlier supervisor left, set the guardian up and take over the stop signals."""
        logs = private_directory(self._home / LOGS_DIRECTORY)
        self._open_log(logs / "supervisor.log")
        for name in sweep(self._home, self._limits.stop_seconds):
            self._tell(f"Ended a {name} that an earlier, killed stack had left running.")
        self._record = ProcessRecord(self._home)
        self._guardian = Guardian(self._home, self._limits.stop_seconds, plain_environment(self._environment))
        self._before = {number: signal.signal(number, self._on_signal) for number in STOP_SIGNALS}
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop everything in reverse order, then give the signals back."""
        try:
            self._log.info("stopping, asked by %s", self._asked_by)
            for child in reversed(self._children):
                self._stop_one(child)
            self._record.close()
            self._guardian.dismiss()
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)
            self._close_log()

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop

    def start(self, *programs: Program) -> None:
        """Start programs, at once where there are several, and wait until each is ready, in their order.

        Raises:
            PermanentFailure: code ``start_failed``.
            Stopped: a stop was asked for meanwhile.
        """
        self.check()
        for child in [self._begun(program) for program in programs]:
            child.await_ready(lambda: self._stop)
            self._log.info("%s is ready (process %s)", child.program.name, child.pid)
            self.check()

    def _begun(self, program: Program) -> Child:
        log = LogFile(self._home / LOGS_DIRECTORY / f"{program.name}.log")
        reports = Reports(self._tell, self._on_death, self._on_frozen)
        child = Child(program, log, self._record, self._limits, reports)
        self._children.append(child)
        child.begin(self._environment_of(program.name, program.secrets))
        return child

    def run(
        self,
        name: str,
        command: Sequence[str],
        on_line: Callable[[str], None] | None = None,
        *,
        secrets: frozenset[str],
    ) -> Finished:
        """Run a program to its end, its standard error going to a log of its name.

        Args:
            name: of the log.
            command: program and arguments.
            on_line: called with each line of standard error, from another thread.
            secrets: the secret settings that its environment holds.

        Raises:
            Stopped: a stop was asked for; the program was ended.
        """
        self.check()
        log = LogFile(self._home / LOGS_DIRECTORY / f"{name}.log")
        task = Task(name, command, self._environment_of(name, secrets), log, on_line)
        finished = task.run(self._record, lambda: self._stop, self._limits.stop_seconds)
        self.check()
        return finished

    def check(self) -> None:
        """Raise :class:`Stopped` when a stop was asked for."""
        if self._stop:
            raise Stopped

    def wait(self) -> None:
        """Return when a stop is asked for."""
        while not self._stop:
            time.sleep(WATCH_SECONDS)

    def _environment_of(self, name: str, secrets: frozenset[str] | None) -> dict[str, str]:
        return environment_of(self._environment, secrets) | {MARK: mark_of(self._home, name)}

    def _stop_one(self, child: Child) -> None:
        in_time = child.stop(lambda: self._hurry)
        how = "stopped" if in_time else "did not stop in time and was ended"
        self._log.info("%s %s", child.program.name, how)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Stop in order on the first signal; wait for no one after the second."""
        self._hurry = self._stop
        self._asked_by = signal.Signals(number).name
        self._stop = True

    def _on_death(self, name: str, count: int) -> None:
        self.deaths(name, count)

    def _on_frozen(self, name: str, seconds: float) -> None:
        self.frozen(name, seconds)

    def _tell(self, sentence: str) -> None:
        self._log.warning(sentence)
        self._say(sentence)

    def _open_log(self, path: Path) -> None:
        handler = _Patient(path, maxBytes=LOG_BYTES_MAX, backupCount=1, delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._log.addHandler(handler)
        self._log.setLevel(logging.INFO)
        self._log.propagate = False
        self._log.info("supervisor started (process %s)", os.getpid())

    def _close_log(self) -> None:
        for handler in list(self._log.handlers):
            self._log.removeHandler(handler)
            handler.close()
