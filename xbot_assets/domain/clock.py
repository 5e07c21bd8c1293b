"""The product's clock: real time, or real time mapped onto a faster or moved line in the sandbox.

Times are UTC and aware everywhere.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

RATE_MAX = 100_000.0
"""Product seconds per real second; steeper, nothing could keep up."""
CLOCK_LATEST = datetime(2080, 1, 1, tzinfo=UTC)
"""No product time goes beyond: X's ids hold 41 bits of milliseconds since November 2010, which end in July 2080."""


class Clock(Protocol):
    """Anything that can say what time the product thinks it is."""

    def now(self) -> datetime:
        """Return the product's time, UTC and aware."""
        ...


def system_now() -> datetime:
    """Return the machine's time, UTC and aware. The one place where the product reads it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A straight line from real to product time: ``product = product_anchor + (real - real_anchor) * rate``.

    Attributes:
        real_anchor: real time at which the line starts, UTC.
        product_anchor: product time at that moment, UTC.
        rate: product seconds per real second; 1 is real time, 60 makes a minute an hour.
    """

    real_anchor: datetime
    product_anchor: datetime
    rate: float = 1.0

    def __post_init__(self) -> None:
        """Refuse naive times and rates that stop or reverse time."""
        if self.real_anchor.tzinfo is None or self.product_anchor.tzinfo is None:
            msg = "A clock line needs aware UTC times."
            raise ValueError(msg)
        if not 0 < self.rate <= RATE_MAX:
            msg = f"A clock's rate is above zero, as time never stops or runs backwards, and at most {RATE_MAX:g}."
            raise ValueError(msg)

    def at(self, real: datetime) -> datetime:
        """Map a real time to product time."""
        return self.product_anchor + (real - self.real_anchor) * self.rate

    def moved(self, real: datetime, by: timedelta) -> "ClockLine":
        """Return the line that jumps forward ``by`` at ``real`` and keeps its rate."""
        return ClockLine(real, self.at(real) + by, self.rate)

    def at_rate(self, real: datetime, rate: float) -> "ClockLine":
        """Return the line that goes on from ``real`` at another rate, without a jump."""
        return ClockLine(real, self.at(real), rate)


@dataclass(frozen=True, slots=True)
class RealClock:
    """The product runs on the machine's time."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return system_now()
