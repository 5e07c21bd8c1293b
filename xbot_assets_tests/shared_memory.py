"""Semaphores and shared memory that killed processes left: they have names, and outlive whoever made them."""

import contextlib
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux shows them
PREFIXES = ("PostgreSQL.", "sem.mp-")
"""What PostgreSQL and Python's multiprocessing name theirs."""
PROCESSES = Path("/proc")


def names() -> frozenset[str]:
    """Return the names of what is there now; none where the system does not show them."""
    with contextlib.suppress(OSError):
        return frozenset(file.name for file in MEMORY.iterdir() if file.name.startswith(PREFIXES))
    return frozenset()


def remove_left(before: frozenset[str]) -> None:
    """Remove what came since then and no process uses."""
    for name in names() - before - used():
        with contextlib.suppress(OSError):
            (MEMORY / name).unlink()


def used() -> frozenset[str]:
    """Return the names that some process has in its memory."""
    lines = [line for maps in PROCESSES.glob("[0-9]*/maps") for line in _lines(maps)]
    return frozenset(line.rsplit("/", 1)[1] for line in lines if f" {MEMORY}/" in line)


def _lines(maps: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return maps.read_text(errors="replace").splitlines()
    return []
