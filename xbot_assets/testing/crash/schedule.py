"""Who is killed when, and until when: a seeded list of kills at random moments, and which victims a failpoint has."""

import random
import threading
import time
from dataclasses import dataclass

from xbot_assets.testing.crash.points import Point

WORKER, HOST, CHROMIUM, POSTGRES, BACKEND = "worker", "host", "chromium", "postgres", "backend"
VICTIMS = (WORKER, HOST, CHROMIUM, POSTGRES, BACKEND)
"""A backend is the server's process behind a worker's connection: killed, it takes all sessions down."""
DELAY_MAX_SECONDS = 2.0
"""From one kill's recovery to the next kill, evenly at random: longer than one publish takes."""
DURING_RECOVERY = 0.5
"""The share of kills that do not wait for the recovery from the one before."""


@dataclass(frozen=True, slots=True)
class RandomKill:
    """One kill: seconds after the last one, or after the recovery from it unless it comes ``at_once``."""

    victim: str
    delay: float
    at_once: bool


def random_kills(seed: int, times: int) -> list[RandomKill]:
    """Draw so many kills; the same seed gives the same list, and a shorter list is the beginning of a longer one."""
    drawn = random.Random(seed)  # noqa: S311 - a schedule must be the same each time
    return [
        RandomKill(
            drawn.choice(VICTIMS), round(drawn.uniform(0, DELAY_MAX_SECONDS), 3), drawn.random() < DURING_RECOVERY
        )
        for _ in range(times)
    ]


def victims_at(point: Point) -> tuple[str, ...]:
    """Return who is killed at a point: the process that reached it, and whoever it works with."""
    return (WORKER, POSTGRES) if point.who == WORKER else (HOST, CHROMIUM, WORKER)


class Deadline:
    """When no further kill begins: after some minutes, or when told to stop."""

    def __init__(self, minutes: float) -> None:
        self._at = time.monotonic() + minutes * 60
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End it now."""
        self._stopped.set()

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return self._stopped.is_set() or time.monotonic() > self._at
