"""How tests wait: for a condition, with one deadline so generous that only what never comes misses it.

A test may assume neither a speed nor an exact clock: a busy machine is many times slower than a quiet one. How fast
something is, is for benchmarks to say.
"""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 180.0
"""Seconds, for anything that a test waits for. It costs nothing where things work."""
POLL_SECONDS = 0.02


def until(met: Callable[[], T | None], what: str = "what was waited for") -> T:
    """Poll until the answer is true, and return it; fail when it does not become so."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := met()):
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:g} s"
        time.sleep(POLL_SECONDS)
    return answer


def growing(first: float) -> Iterator[float]:
    """Yield deadlines for what takes all the time it is given, each twice the one before.

    A test tries the first, and the next only when the machine was too slow for it.
    """
    seconds = first
    while seconds < PATIENCE:
        yield seconds
        seconds *= 2
    raise AssertionError(f"not even within {seconds / 2:g} s")
