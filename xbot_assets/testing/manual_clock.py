"""A clock that moves only when told."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class ManualClock:
    """The product's clock, as a test sets it."""

    time: datetime

    def now(self) -> datetime:
        """Return the time it was last set to."""
        return self.time

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self.time += by
