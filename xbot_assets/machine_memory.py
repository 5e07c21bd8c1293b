"""How much memory this machine, or the control group that we run in, still has."""

import contextlib
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types

_MB = 1024 * 1024
_CGROUP = Path("/sys/fs/cgroup")


def free_mb() -> float:
    """Return the memory that may still be used, in MB: the system's, or less where a control group allows less."""
    free = float(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):
        most, used = ((_CGROUP / name).read_text(encoding="ascii") for name in ("memory.max", "memory.current"))
        free = min(free, float(int(most) - int(used)))  # "max" is no number: no limit
    return free / _MB
