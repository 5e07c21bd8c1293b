"""For how long a program has been silent: stopped by a signal, or without an answer to what it is asked."""

import time
from collections.abc import Callable

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.runtime.supervision.programs import Program

PAUSE_MAX_SECONDS = 5.0
LOOKS = 6
"""A program is looked at this often within the time that it may be silent, but every few seconds at least."""
GAP_PAUSES = 3.0
"""When so many of the longest pauses lie between two looks, it was we who were stopped, alone or with the machine: what
the program did meanwhile is not known."""
_STOPPED = frozenset({psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP})


class Pulse:
    """Feels the pulse of one program, again and again.

    Args:
        silence_max_seconds: how long it may be silent; the pause between two looks follows from it.
        start_seconds: how long it may take, before that, to answer for the first time after it was started again.
        clock: seconds since some fixed moment.
    """

    def __init__(
        self, silence_max_seconds: float, start_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.pause_seconds = min(PAUSE_MAX_SECONDS, silence_max_seconds / LOOKS)
        self._start_seconds = start_seconds
        self._clock = clock
        self._pid: int | None = None
        self._answered = True  # the watch begins when it is ready
        self._silent_since: float | None = None
        self._looked_at = clock()

    def feel(self, pid: int, program: Program) -> float:
        """Look once; return for how many seconds the program has been silent, 0.0 when it answers."""
        now = self._clock()
        self._take_note(pid, now)
        stopped = is_stopped(pid)
        if not stopped and program.beats() is not False:
            self._answered, self._silent_since = True, None
        elif self._silent_since is None:
            self._silent_since = now if stopped or self._answered else now + self._start_seconds
        self._looked_at = self._clock()
        return 0.0 if self._silent_since is None else max(0.0, self._looked_at - self._silent_since)

    def _take_note(self, pid: int, now: float) -> None:
        """Begin anew for a process that was started again, and after a gap in which nobody looked."""
        if self._pid not in {None, pid}:
            self._answered, self._silent_since = False, None
        if now - self._looked_at > GAP_PAUSES * PAUSE_MAX_SECONDS:
            self._silent_since = None
        self._pid = pid


def is_stopped(pid: int) -> bool:
    """Say whether a signal, or who traces it, has stopped a process."""
    try:
        return psutil.Process(pid).status() in _STOPPED
    except psutil.Error:
        return False
