"""The product's clock as every process shares it: the line in ``product_clock``, or real time without one."""

import logging
from datetime import datetime
from threading import Lock
from time import monotonic

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.store.engine.database import Statements

_LOG = logging.getLogger(__name__)

REFRESH_SECONDS = 1.0
"""Real seconds for which a line that was read stays good: how late a moved clock is noticed."""


class DatabaseClock:
    """The shared clock; reads the line again at most once a real second.

    When the database stops answering after a first reading, the clock goes on along the line it knows.
    """

    def __init__(self, db: Statements) -> None:
        self._db = db
        self._lock = Lock()
        self._line: ClockLine | None = None
        self._read_at: float | None = None

    def now(self) -> datetime:
        """Return the product's time. Raises as the database does when the line was never read."""
        with self._lock:
            if self._read_at is None or monotonic() - self._read_at >= REFRESH_SECONDS:
                self._refresh()
            line = self._line
        real = system_now()
        return real if line is None else line.at(real)

    def refresh(self) -> None:
        """Read the line now: for whoever has just moved it and goes on working."""
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        try:
            self._line = read_line(self._db)
        except TransientFailure as failure:
            if self._read_at is None:
                raise
            _LOG.warning("the product clock goes on along its last line: %s", failure.reason)
        self._read_at = monotonic()


def read_line(db: Statements) -> ClockLine | None:
    """Return the line in force; ``None`` is real time."""
    return db.fetch_row(ClockLine, "read_clock_line")


def set_line(db: Statements, line: ClockLine | None) -> None:
    """Put a line in force for every process within a second; ``None`` goes back to real time."""
    if line is None:
        db.execute("clear_clock_line")
        return
    db.execute(
        "set_clock_line",
        real_anchor=line.real_anchor,
        product_anchor=line.product_anchor,
        rate=line.rate,
    )
