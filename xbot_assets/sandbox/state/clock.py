"""The sandbox's own clock: a straight line from real to sandbox time, kept in the state file.

Also the one place that reads the machine's time, and the forms in which X writes times.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xbot_assets.sandbox.state.database import Database

_META = "clock"
RATE_MAX = 100_000.0
"""A line steeper than this leaves no room between two posts."""


class ClockRefusedError(ValueError):
    """The line cannot be used; the message says why."""


def real_now() -> datetime:
    """Return the machine's time, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """``sandbox = sandbox_anchor + (real - real_anchor) * rate``; ``rate`` is sandbox seconds per real second."""

    real_anchor: datetime
    sandbox_anchor: datetime
    rate: float

    def __post_init__(self) -> None:
        if self.real_anchor.tzinfo is None or self.sandbox_anchor.tzinfo is None:
            msg = "The anchors must be ISO 8601 times with a zone."
            raise ClockRefusedError(msg)
        if not 0 < self.rate <= RATE_MAX:
            msg = f"The rate must be above 0 and at most {RATE_MAX:g}."
            raise ClockRefusedError(msg)

    def at(self, real: datetime) -> datetime:
        """Map real to sandbox time."""
        return (self.sandbox_anchor + (real - self.real_anchor) * self.rate).astimezone(UTC)

    def as_json(self) -> dict[str, object]:
        """Return the line as the control endpoint shows it."""
        return {
            "real_anchor": self.real_anchor.isoformat(),
            "sandbox_anchor": self.sandbox_anchor.isoformat(),
            "rate": self.rate,
        }


def line_from(fields: object) -> Line:
    """Read a line from JSON.

    Raises:
        ClockRefusedError: when a field is missing or cannot be read.
    """
    try:
        given: dict[str, Any] = dict(fields)  # type: ignore[call-overload]
        anchors = [datetime.fromisoformat(str(given[k])) for k in ("real_anchor", "sandbox_anchor")]
        return Line(anchors[0], anchors[1], float(given["rate"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        if isinstance(error, ClockRefusedError):
            raise
        msg = "A clock line is {real_anchor, sandbox_anchor, rate}: two ISO 8601 times with a zone and a number."
        raise ClockRefusedError(msg) from error


class SandboxClock:
    """The current line. A new data directory starts at real time with the given rate."""

    def __init__(self, database: Database, rate: float = 1.0) -> None:
        self._database = database
        stored = database.meta(_META)
        real = real_now()
        self.line = line_from(json.loads(stored)) if stored else Line(real, real, rate)
        if stored is None:
            self.set(self.line)

    def set(self, line: Line) -> None:
        """Replace the line and keep it."""
        self.line = line
        self._database.set_meta(_META, json.dumps(line.as_json()))

    def set_rate(self, rate: float) -> None:
        """Go on from now at another rate, without a jump."""
        real = real_now()
        self.set(Line(real, self.line.at(real), rate))

    def now(self) -> datetime:
        """Return the sandbox's time, aware UTC."""
        return self.line.at(real_now())


def stamp(moment: datetime) -> str:
    """Write a time as the state file and ``time[datetime]`` hold it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """Read what :func:`stamp` wrote."""
    return datetime.fromisoformat(text)


def legacy_date(moment: datetime) -> str:
    """Write a time as ``legacy.created_at`` holds it: ``Wed Oct 10 20:19:24 +0000 2018``."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day = f"{days[moment.weekday()]} {months[moment.month - 1]} {moment.day:02d}"
    return f"{day} {moment:%H:%M:%S} +0000 {moment.year}"
