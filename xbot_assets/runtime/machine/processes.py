"""Process trees: who belongs to a program, and ending all of them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.process_identity import runs

POLL_SECONDS = 0.02
KILL_SECONDS = 5.0
"""After SIGKILL the kernel needs a moment to take a process away; not seen to take this long."""
MARK = "SUPERVISED_AS"
"""The environment variable that ties a process to its program. (``XBOT_`` names are settings.)"""


class Tree:
    """A program's first process, everything below it, everything in its process group, and all with its mark.

    The mark finds what is left of a program whose first process is already gone: a worker in a session of its
    own has no other tie to it.
    """

    def __init__(self, leader: int, mark: str | None = None) -> None:
        self.leader = leader
        self._mark = mark
        self._members: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            self._members = [psutil.Process(leader)]  # known even when those below it cannot be listed just now
            self._members += self._members[0].children(recursive=True)

    def alive(self) -> bool:
        """Say whether any process of the tree still runs."""
        return any(runs(member) for member in self._members) or _group_lives(self.leader)

    def leader_alive(self) -> bool:
        """Say whether the first process still runs."""
        return bool(self._members) and runs(self._members[0])

    def ask(self, how: signal.Signals, *, whole_group: bool) -> None:
        """Send the signal that asks for an orderly end."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if whole_group:
                os.killpg(self.leader, how)
            elif self.leader_alive():
                os.kill(self.leader, how)

    def kill(self) -> None:
        """End every process of the tree at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, signal.SIGKILL)
        _kill(self._members)
        if self._mark is not None:
            kill_marked(self._mark)
        wait_until(lambda: not self.alive(), KILL_SECONDS)


def kill_marked(mark: str) -> int:
    """End every process that carries the mark; return how many there were."""
    marked = list(_marked(mark))
    _kill(marked)
    return len(marked)


def _kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()  # psutil compares start times, so a reused number is never hit


def end_tree(
    tree: Tree,
    how: signal.Signals,
    seconds: float,
    *,
    whole_group: bool,
    hurry: Callable[[], bool] = lambda: False,
) -> bool:
    """Ask the program to stop, wait at most ``seconds``, then end whatever is left of it.

    Returns:
        Whether it stopped by itself in time.
    """
    tree.ask(how, whole_group=whole_group)
    running = tree.alive if whole_group else tree.leader_alive
    wait_until(lambda: hurry() or not running(), seconds)
    in_time = not running()
    tree.kill()
    return in_time


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll until ``done`` or the time is over; return the last answer."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def mark_of(home: Path, name: str) -> str:
    """Return what every process of a program carries in its environment, under :data:`MARK`."""
    return f"{home}:{name}"


def _marked(mark: str) -> Iterator[psutil.Process]:
    """Yield the processes that carry the mark. Those that cleared their environment are not found."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark and runs(process):
                yield process


def _group_lives(group: int) -> bool:
    """Say whether a process group has a member that is not merely waiting to be collected."""
    for process in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getpgid(process.pid) == group and runs(process):
                return True
    return False
