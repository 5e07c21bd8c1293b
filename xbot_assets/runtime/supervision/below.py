"""Processes below a program that a signal stopped: a fork server, a worker, Chromium, a database's own processes.

The program itself goes on, and may not need them for hours; but no run starts while the fork server stands still.
"""

import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.runtime.supervision.pulse import is_stopped


class Below:
    """Counts, look by look, for how long the processes below a program have stood still.

    Looks are counted and not seconds: while nobody looked, the machine itself may have slept.

    Args:
        pause_seconds: between two looks.
    """

    def __init__(self, pause_seconds: float) -> None:
        self._pause_seconds = pause_seconds
        self._looks: dict[psutil.Process, int] = {}

    def look(self, pid: int) -> dict[psutil.Process, float]:
        """Look once; return for how many seconds each process below this one has been stopped."""
        self._looks = {process: self._looks.get(process, 0) + 1 for process in _below(pid) if is_stopped(process.pid)}
        return {process: (looks - 1) * self._pause_seconds for process, looks in self._looks.items()}


def _below(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []
