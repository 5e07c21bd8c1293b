"""One run of one operation: how long it still has, and whether its one click has begun. Keep out: what it does."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Attempt:
    """The budget and the point of no return of one operation.

    Attributes:
        seconds: the whole time allowed, from the host's receipt.
        clicked: set just before a publish clicks; from then on a failure's outcome is unknown.
    """

    seconds: float
    clicked: bool = False
    _began: float = field(default_factory=time.monotonic)

    @property
    def remaining(self) -> float:
        """Return the seconds left, never below zero."""
        return max(0.0, self._began + self.seconds - time.monotonic())

    @property
    def remaining_ms(self) -> float:
        """Return the milliseconds left, at least one: to Playwright, zero means for ever."""
        return max(1.0, self.remaining * 1000)
