"""Quiet hours: a stretch of every day, by the clock on the owner's wall, in which nothing is published."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)
_LONGEST = timedelta(hours=27)
"""No stretch of a day is longer: 24 hours, and up to 3 by which clocks were ever put back at once."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` on and before ``end``, over midnight when ``end`` is the earlier one.

    What the wall clock shows decides. An hour that it skips in spring is never quiet or loud; one that it shows twice
    in autumn is the same both times.
    """

    start: time
    end: time

    @classmethod
    def parse(cls, words: str) -> Self:
        """Read ``23:00-07:30``. Raises ``ValueError`` for anything else, and for a stretch without length."""
        first, dash, last = words.partition("-")
        try:
            start, end = (time.fromisoformat(part.strip()) for part in (first, last))
        except ValueError as error:
            raise ValueError("write quiet hours as 23:00-07:00") from error
        if not dash or start == end or any(part.second or part.microsecond or part.tzinfo for part in (start, end)):
            raise ValueError("write quiet hours as 23:00-07:00, with two different times")
        return cls(start, end)

    def contain(self, now: datetime, zone: ZoneInfo) -> bool:
        """Say whether the clock in ``zone`` shows a quiet time at ``now``."""
        shown = now.astimezone(zone).time()
        if self.start < self.end:
            return self.start <= shown < self.end
        return shown >= self.start or shown < self.end

    def end_after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the first whole minute from ``now`` on that is not quiet: clocks change on whole minutes too."""
        at = now.replace(second=0, microsecond=0)
        last = at + _LONGEST
        while at < last and self.contain(at, zone):
            at += _MINUTE
        return max(at, now)
