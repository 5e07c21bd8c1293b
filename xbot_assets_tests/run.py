"""Runs pytest for ``scripts/test``, and leaves nothing behind: no process and no file, however it ends.

pytest gets a session of its own, so Ctrl-C reaches this process alone. Tests start servers in sessions and accounts of
their own, and pytest's own workers are killed without clearing up; so at the end everything that descends from here is
ended, whoever its parent was.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.runtime.embedded.postgres import LOCATION_FILE
from xbot_assets.runtime.machine.accounts import ACCOUNT_ROOT
from xbot_assets_tests import shared_memory
from xbot_assets_tests.scratch import scratch_root

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MARK = "TEST_RUN"
"""In the environment of everything that is started, for systems that do not hand us orphans."""
PREFIX = "xbot-test."
OPEN_TO_PASS = 0o711
"""Others may pass through the temporary directory to what is theirs, as Chromium's user must."""
POLITE_SECONDS = 10.0
"""For servers to end in order: a PostgreSQL that is killed leaves shared memory behind."""
KILL_SECONDS = 30.0
POLL_SECONDS = 0.05
ADOPT_ORPHANS = 36
"""``PR_SET_CHILD_SUBREAPER`` of prctl(2): whoever loses its parent below us becomes our child."""
SIGNAL_EXIT = 128
_LINUX = sys.platform == "linux"


class Stop:
    """Which signal asked for an end; further ones change nothing."""

    number = 0

    def watch(self) -> None:
        """Take the signals from now on."""
        for one in STOPS:
            signal.signal(one, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.number = self.number or number


def main(arguments: list[str]) -> int:
    """Run pytest with the arguments; return its exit code, or the signal's."""
    stop = Stop()
    stop.watch()
    adopt_orphans()
    shared_before = shared_memory.names()
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch_root()))
    place.chmod(OPEN_TO_PASS)
    try:
        code = run(stop, place, arguments)
    finally:
        left = end_all(place)
        remove(place)
        shared_memory.remove_left(shared_before)
    if place.exists():
        say(f"Not all files of the tests could be removed: see {place}.")
    if stop.number:
        say("Interrupted: everything that the tests had started was ended, and their files were removed.")
        return SIGNAL_EXIT + stop.number
    if left:
        say(f"The tests had left {left} processes running; they were ended.")
    return code


def run(stop: Stop, place: Path, arguments: list[str]) -> int:
    """Wait until pytest ends or a signal comes; then its own processes end at once, and start nothing more."""
    environment = os.environ | {"TMPDIR": str(place), MARK: str(place)}
    command = [sys.executable, "-m", "pytest", "--basetemp", str(place / "pytest"), *arguments]
    with subprocess.Popen(command, env=environment, start_new_session=True) as tests:
        wait(lambda: stop.number != 0 or ended_child(tests))
        if stop.number:
            workers = psutil.Process(tests.pid).children()
            for process in (tests, *workers):
                with contextlib.suppress(psutil.Error):
                    process.kill()
        return tests.wait()


def ended_child(tests: subprocess.Popen[bytes]) -> bool:
    """Collect the orphans that have ended, which would look alive to a server's lock file; say whether pytest has."""
    if not _LINUX:
        return tests.poll() is not None
    peek = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while (child := os.waitid(os.P_ALL, 0, peek)) is not None and child.si_pid != tests.pid:
        os.waitpid(child.si_pid, 0)
    return child is not None


def adopt_orphans() -> None:
    """Have processes that lose their parent become ours, where the system can do that."""
    if _LINUX:
        ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)


def end_all(place: Path) -> int:
    """End everything that was started and still runs, first with a request, then by force; return how many."""
    left = list(started(place))
    for process in left:
        # To PostgreSQL SIGTERM means: when all have left. SIGINT means now.
        ask(process, signal.SIGINT if name_of(process) == "postgres" else signal.SIGTERM)
    wait(lambda: not any(started(place)), POLITE_SECONDS)
    wait(lambda: not kill_all(place), KILL_SECONDS)
    return len(left)


def kill_all(place: Path) -> bool:
    """Kill what runs; say whether there was any."""
    processes = list(started(place))
    for process in processes:
        ask(process, signal.SIGKILL)
    return bool(processes)


def started(place: Path) -> Iterator[psutil.Process]:
    """Yield what descends from here or carries the mark, and runs; collect those that have ended."""
    own = psutil.Process()
    seen = {own}
    for process in (*own.children(recursive=True), *marked(place)):
        if process not in seen and not ended(process, own.pid):
            yield process
        seen.add(process)


def marked(place: Path) -> Iterator[psutil.Process]:
    """Yield the processes with our mark in their environment."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(place):
                yield process


def ended(process: psutil.Process, own: int) -> bool:
    """Say whether a process has ended, and collect it if that is ours to do."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return False
        if process.ppid() == own:
            os.waitpid(process.pid, os.WNOHANG)
    except (psutil.Error, ChildProcessError):
        return True
    return True


def ask(process: psutil.Process, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    with contextlib.suppress(psutil.Error):
        process.send_signal(number)


def name_of(process: psutil.Process) -> str:
    """Return a process's name, or nothing when it is gone."""
    try:
        return str(process.name())
    except psutil.Error:
        return ""


def wait(done: Callable[[], bool], seconds: float | None = None) -> None:
    """Poll until it is done or the time is over."""
    end = None if seconds is None else time.monotonic() + seconds
    while not done() and (end is None or time.monotonic() < end):
        time.sleep(POLL_SECONDS)


def remove(place: Path) -> None:
    """Remove the temporary directory, and what root's tests keep elsewhere or mount in it.

    Run as root, databases are not below it, and a test that was killed had no time to unmount its small disk.
    """
    for location in place.rglob(LOCATION_FILE):
        with contextlib.suppress(OSError):
            data = Path(location.read_text(encoding="utf-8").strip())
            if data.parent.parent == ACCOUNT_ROOT:
                shutil.rmtree(data.parent, ignore_errors=True)
    for mounted in psutil.disk_partitions(all=True):
        if Path(mounted.mountpoint).is_relative_to(place):
            subprocess.run(["umount", mounted.mountpoint], capture_output=True, check=False)
    shutil.rmtree(place, ignore_errors=True)


def say(sentence: str) -> None:
    """Tell it on standard error, on a line of its own."""
    sys.stderr.write(f"\n{sentence}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
