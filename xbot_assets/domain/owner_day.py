"""The budget's day: it begins and ends at midnight where the owner lives."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class BudgetDay:
    """One day of the owner's calendar, with its first moment and the first moment after it, in UTC.

    It lasts 23 or 25 hours when the clocks change.
    """

    date: date
    starts: datetime
    ends: datetime

    def share_ahead(self, amount: int, now: datetime) -> int:
        """Return the part of an amount that belongs to the rest of the day, rounded down; never below 0."""
        left, whole = self.ends - now, self.ends - self.starts
        microsecond = timedelta(microseconds=1)
        return max(0, min(amount, amount * (left // microsecond) // (whole // microsecond)))


def budget_day(now: datetime, zone: ZoneInfo) -> BudgetDay:
    """Return the owner's day that an aware time falls in."""
    today = now.astimezone(zone).date()
    return BudgetDay(today, _midnight(today, zone), _midnight(today + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
