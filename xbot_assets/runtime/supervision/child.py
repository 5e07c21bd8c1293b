"""One program kept alive: started, its output logged, restarted with back-off, stopped with all below it."""

import contextlib
import math
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.masking import LineMask
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.machine.processes import MARK, Tree, end_tree
from xbot_assets.runtime.supervision.below import Below
from xbot_assets.runtime.supervision.orphans import ProcessRecord
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.runtime.supervision.pulse import Pulse

FIRST_BACKOFF_SECONDS = 0.5
BACKOFF_FACTOR = 2.0
DEATHS_COUNTED = 1000
"""Beyond this the number says nothing more."""
STABLE_SECONDS = 60.0
"""A program that has run this long is sound again: its next restart starts with the shortest wait."""
CHUNK_BYTES = 65_536
READY_POLL_SECONDS = 0.1
PUMP_SECONDS = 5.0
"""How long the last lines of output may take; a stranger that inherited the pipe is not waited for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds; from the settings. A program that is silent for longer is restarted."""

    start_seconds: float
    stop_seconds: float
    backoff_max_seconds: float
    silence_max_seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Reports:
    """Whom a child tells, from its own thread.

    Attributes:
        tell: gets a sentence when the program died and will be restarted.
        deaths: gets the program's name and how often it has died without a sound stretch in between; 0 when it
            has run soundly again.
        frozen: gets the program's name and for how long it did not answer, when it was ended for that.
    """

    tell: Callable[[str], None]
    deaths: Callable[[str, int], None]
    frozen: Callable[[str, float], None] = lambda _name, _seconds: None


class Child:
    """Runs one :class:`Program`.

    Args:
        program: what to run.
        log: where its output goes.
        record: where its number is noted for the sweep.
        limits: how long things may take.
        reports: told when it died.
    """

    def __init__(self, program: Program, log: LogFile, record: ProcessRecord, limits: Limits, reports: Reports) -> None:
        self.program = program
        self._log = log
        self._record = record
        self._limits = limits
        self._reports = reports
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name=f"keep-{program.name}", daemon=True)
        self._watcher = threading.Thread(target=self._watch, name=f"watch-{program.name}", daemon=True)
        self._pumps: list[threading.Thread] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = dict(program.environment)
        self._died = 0
        self._mended_at: float | None = None
        """When something below the program was last ended because it stood still."""

    @property
    def pid(self) -> int | None:
        """The process's number, while it runs."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def start(self, environment: Mapping[str, str], given_up: Callable[[], bool]) -> None:
        """Start the program and wait until it is ready: :meth:`begin` and :meth:`await_ready`."""
        self.begin(environment)
        self.await_ready(given_up)

    def begin(self, environment: Mapping[str, str]) -> None:
        """Start the program. ``environment`` is the process's, the program's own additions excluded.

        Raises:
            PermanentFailure: code ``start_failed`` when there is no such program.
        """
        self._environment = {**environment, **self.program.environment}
        self._spawn()

    def await_ready(self, given_up: Callable[[], bool]) -> None:
        """Wait until the program that was begun is ready; from then on it is kept alive.

        Args:
            given_up: asked while waiting; true ends the wait, the caller then stops everything.

        Raises:
            PermanentFailure: code ``start_failed`` when it ends or is not ready in time.
        """
        process = self._process
        if process is None:
            raise self._failure("was never started")
        deadline = time.monotonic() + self._limits.start_seconds
        while not given_up() and not self.program.ready():
            if process.poll() is not None:
                self._drain()
                what = f"stopped during its start ({_ending(process.returncode)})"
                raise self._failure(what)
            if time.monotonic() > deadline:
                what = f"was not ready after {self._limits.start_seconds:g} s"
                raise self._failure(what)
            time.sleep(READY_POLL_SECONDS)
        self._keeper.start()
        if self._limits.silence_max_seconds < math.inf:
            self._watcher.start()

    def stop(self, hurry: Callable[[], bool]) -> bool:
        """Stop the program and everything below it; return whether it stopped by itself in time."""
        with self._lock:
            self._stopping.set()
            process = self._process
        in_time = process is None or self._end(process, hurry)
        if self._keeper.is_alive():
            self._keeper.join()
        self._drain()
        self._record.remove(self.program.name)
        return in_time

    def _end(self, process: subprocess.Popen[bytes], hurry: Callable[[], bool]) -> bool:
        rule = self.program
        in_time = end_tree(
            self._tree(process),
            rule.stop_signal,
            self._limits.stop_seconds,
            whole_group=rule.signal_group,
            hurry=hurry,
        )
        process.wait()
        return in_time

    def _tree(self, process: subprocess.Popen[bytes]) -> Tree:
        return Tree(process.pid, self._environment.get(MARK))

    def _spawn(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(  # noqa: S603 - the commands are ours
                list(self.program.command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )
        except OSError as error:
            what = f"could not be started: {error.strerror}"
            raise self._failure(what) from error
        self._process = process
        self._pump(process)
        rule = self.program
        self._record.add(rule.name, process.pid, stop_signal=rule.stop_signal, whole_group=rule.signal_group)
        return process

    def _pump(self, process: subprocess.Popen[bytes]) -> None:
        stream = process.stdout
        if stream is None:
            return
        self._pumps = [pump for pump in self._pumps if pump.is_alive()]
        pump = threading.Thread(target=self._copy, args=(stream,), name=f"log-{self.program.name}", daemon=True)
        self._pumps.append(pump)
        pump.start()

    def _drain(self) -> None:
        """Wait until the log has all that an ended process said."""
        for pump in self._pumps:
            pump.join(PUMP_SECONDS)

    def _copy(self, stream: IO[bytes]) -> None:
        lines = LineMask()
        with stream:
            while data := os.read(stream.fileno(), CHUNK_BYTES):
                self._log.write(lines.feed(data))
        self._log.write(lines.rest())

    def _keep(self) -> None:
        """Wait for the end of the process, again and again, and restart it unless it was asked to stop."""
        while (ending := self._await_end()) is not None:
            wait = min(FIRST_BACKOFF_SECONDS * BACKOFF_FACTOR**self._died, self._limits.backoff_max_seconds)
            self._died = min(self._died + 1, DEATHS_COUNTED)
            self._reports.tell(f"The {self.program.name} stopped ({ending}); starting it again in {wait:g} s.")
            self._reports.deaths(self.program.name, self._died)
            if self._stopping.wait(wait):
                return
            self._respawn()

    def _await_end(self) -> str | None:
        """Return how the process ended, or ``None`` when it was asked to."""
        process = self._process
        if process is None:
            return None if self._stopping.is_set() else "it could not be started"
        code = self._wait(process)
        with self._lock:
            if self._stopping.is_set():
                return None
            self._tree(process).kill()  # workers it left behind would hold its port or its files
            self._process = None
        return _ending(code)

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for the end; after a sound stretch the earlier deaths no longer count."""
        if self._died:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(STABLE_SECONDS)
            self._died = 0
            self._reports.deaths(self.program.name, 0)
        return process.wait()

    def _watch(self) -> None:
        """End the program when it has been silent for too long; the keeper then starts it again."""
        pulse = Pulse(self._limits.silence_max_seconds, self._limits.start_seconds)
        below = Below(pulse.pause_seconds)
        while not self._stopping.wait(pulse.pause_seconds):
            process = self._process
            silence = pulse.feel(process.pid, self.program) if process is not None else 0.0
            if process is not None and silence > self._limits.silence_max_seconds:
                self._end_frozen(process, silence)
            elif process is not None:
                self._end_frozen_below(below.look(process.pid))

    def _end_frozen(self, process: subprocess.Popen[bytes], silence: float) -> None:
        with self._lock:
            if self._stopping.is_set() or self._process is not process:
                return
            self._tree(process).kill()
        self._reports.tell(f"The {self.program.name} did not answer for {silence:.0f} s and was ended.")
        self._reports.frozen(self.program.name, silence)

    def _end_frozen_below(self, standing: Mapping[psutil.Process, float]) -> None:
        """End what has stood still for too long; the program then does as when such a process dies by itself."""
        for process, silence in standing.items():
            if silence > self._limits.silence_max_seconds:
                with contextlib.suppress(psutil.Error):
                    name = process.name()
                    process.kill()
                    self._reports.tell(f"A process of the {self.program.name}, {name}, was stopped; it was ended.")
                    self._reports.frozen(self.program.name, silence)
                    self._mended_at = time.monotonic()
        if not standing and self._mended_at is not None and time.monotonic() - self._mended_at > STABLE_SECONDS:
            self._mended_at = None
            if not self._died:
                self._reports.deaths(self.program.name, 0)

    def _respawn(self) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            try:
                self._spawn()
            except PermanentFailure as failure:
                self._reports.tell(failure.reason)

    def _failure(self, what: str) -> PermanentFailure:
        last = self._log.last_words()
        said = f' Its last words: "{last}".' if last else ""
        return PermanentFailure(
            f"The {self.program.name} {what}.{said}",
            code=FailureCode.START_FAILED,
            remedy=f"Its log is {self._log.path}.",
        )


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
