"""Where the tests' files lie: in memory where there is plenty of it, else where temporary files always do.

A database for each test, a profile for each browser and a directory for each test are some hundred thousand files made
and deleted within minutes. A disk may take half a millisecond of a core for each: ext4 without a journal, for one, does
not give out again the number of a file deleted a moment ago, and looks past all of them.
"""

import os
import tempfile
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, where Linux has one
ROOM_BYTES = 3 * 1024**3
"""Two workers were seen to keep 0.3 GB there at once; the directories of tests that passed stay until the end."""
SPARE_BYTES = 8 * 1024**3
"""Memory that must be free besides: what lies there is taken from what browsers and servers could have."""


def scratch_root() -> Path:
    """Return the directory for temporary files: the one that ``TMPDIR`` names, memory, or the system's own."""
    if "TMPDIR" not in os.environ and fits(MEMORY, psutil.virtual_memory().available):
        return MEMORY
    return Path(tempfile.gettempdir())


def fits(place: Path, available: int) -> bool:
    """Say whether a run's files may lie in this file system in memory, with so many bytes of memory available."""
    try:
        file_system = os.statvfs(place)
    except OSError:
        return False
    room = file_system.f_bavail * file_system.f_frsize >= ROOM_BYTES
    programs_start = not file_system.f_flag & os.ST_NOEXEC
    return room and programs_start and available >= SPARE_BYTES and os.access(place, os.W_OK | os.X_OK)
