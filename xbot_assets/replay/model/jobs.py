"""What a recurring browser job is to the model."""

from dataclasses import dataclass
from enum import StrEnum

from xbot_assets.domain.lanes import Lane

DEFAULT_PRIORITY = 5
"""The old pool's priority of an operation that names none."""


class Way(StrEnum):
    """How a job of the old system reached a browser."""

    LOCKED = "locked"
    """Through the one-at-a-time lock, then the pool."""
    POOL = "pool"
    """Through the pool."""
    OUTSIDE = "outside"
    """A browser of its own: it never waited, and the pool's cap did not count it."""


@dataclass(frozen=True, slots=True)
class LegacyTraits:
    """What only the old pool cares about.

    Attributes:
        way: how the job reached a browser.
        priority: in the pool, 1 best to 10 worst.
        lock_level: in the lock's queue, 0 best.
        gated: whether the job skips a run when the pool answers the health probe late.
        keeps_context: whether its work ran inside the pool's operation. Others only opened a page there and let go
            of the context at once, so that the cap on contexts did not bound the pages.
    """

    way: Way = Way.POOL
    priority: int = DEFAULT_PRIORITY
    lock_level: int = DEFAULT_PRIORITY
    gated: bool = False
    keeps_context: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """A recurring job that uses the browser.

    Attributes:
        name: as in its file.
        lane: who goes first.
        interval_seconds: between two ticks.
        offset_seconds: from the start to the first tick.
        mean_seconds: browser seconds of a run that needs the browser.
        share: the share of ticks that need the browser.
        guarded: whether a tick is skipped while the job's previous run is still active.
        legacy: how the old pool treats it.
    """

    name: str
    lane: Lane
    interval_seconds: float
    offset_seconds: float
    mean_seconds: float
    share: float = 1.0
    guarded: bool = True
    legacy: LegacyTraits = LegacyTraits()

    @property
    def seconds_per_hour(self) -> float:
        """Browser seconds asked for in an hour, on average, at an overload of 1."""
        return self.runs_per_hour * self.mean_seconds

    @property
    def runs_per_hour(self) -> float:
        """Runs that need the browser in an hour, on average, at an overload of 1."""
        return 3600 / self.interval_seconds * self.share
