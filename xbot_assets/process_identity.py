"""Whether a process number still means the process that we know. Everything that asks this asks here.

Numbers are given again: after a restart of the machine, in a new container, or when they have run out. What tells two
processes of one number apart is when they began. Linux keeps that in ticks since the machine's start, which no setting
of the clock changes, so with the name of that start it is exact. Only where all that was kept is a time of day are
times of day compared, and then with a margin, which is stated here.
"""

import os
import sys
import time
from functools import cache
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types

CLOCK_MARGIN_SECONDS = 5.0
"""Times of day may disagree by this: the clock is set by a few seconds while a process runs, or between two readings.
A number is not given again this soon, but after a restart, which takes longer."""
_LINUX = sys.platform == "linux"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_BOOT_CHARACTERS = 8
"""Enough of the boot's name: two processes also had to have the same number and the same tick."""
_STATE, _START = 0, 19
"""Where ``/proc/PID/stat`` has them, counted from the end of the program's name: fields 3 and 22 of proc(5)."""


def identity_of(pid: int) -> str | None:
    """Return what tells this process from every other one that had or will have its number.

    Returns:
        A short word, fit for file names; ``None`` when no such process runs. One that has ended and only waits to be
        collected does not run.
    """
    if _LINUX:
        ticks = _start_ticks(pid)
        return None if ticks is None else f"{_boot()}.{ticks}"
    began = _began(pid)
    return None if began is None else f"{began:.6f}"


def own_identity() -> str:
    """Return the identity of this process."""
    return identity_of(os.getpid()) or ""


def still_runs(pid: int, identity: str) -> bool:
    """Say whether the process that had this number and identity still runs."""
    return identity_of(pid) == identity


def runs(process: psutil.Process) -> bool:
    """Say whether the process of a handle still runs; one that has ended and only waits to be collected does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def began_between(pid: int, earliest: float, latest: float) -> bool:
    """Say whether a process with this number runs and began between two times of day, in seconds since 1970."""
    began = _began(pid)
    return began is not None and earliest - CLOCK_MARGIN_SECONDS <= began <= latest + CLOCK_MARGIN_SECONDS


def _began(pid: int) -> float | None:
    """Return the time of day at which a running process began.

    Counted back from now: the boot time that others count from is in whole seconds, so they are up to one early.
    """
    if _LINUX:
        ticks = _start_ticks(pid)
        age = None if ticks is None else time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / _per_second()
        return None if age is None else time.time() - age
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return None


def _start_ticks(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError, PermissionError):  # one that may not be looked at is none of ours
        return None
    return None if fields[_STATE] in "ZX" else int(fields[_START])


@cache
def _boot() -> str:
    return _BOOT.read_text(encoding="ascii")[:_BOOT_CHARACTERS]


@cache
def _per_second() -> int:
    return os.sysconf("SC_CLK_TCK")
