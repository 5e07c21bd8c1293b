"""What happens in the simulated week, and when: plans, the owner's posts, replies, the person at the desk, troubles.

Pure: the same start, length and seed give the same calendar. Times of people are on the owner's wall clock.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

ZONE = "America/New_York"
CHANGES = {"autumn": date(2026, 11, 1), "spring": date(2027, 3, 14)}
"""Days on which the clocks there change: at 02:00, one hour back in autumn, one forward in spring."""
LONG_RUN_DAYS = 5
"""From so many days on each trouble has a day of its own."""
PLANS = tuple(time(hour, minute) for hour in range(7, 20) for minute in (10, 25, 40, 55) if (hour, minute) > (7, 30))
"""When the planner is asked, which keeps its own two hours; it sleeps at night, as the readers do."""
SITTINGS = (time(9, 0), time(13, 0), time(17, 0), time(20, 30))
"""When a person looks at the Inbox and at the alerts."""
MORNING = time(7, 5)
"""The owner's daily post: five minutes after the quiet hours, on either side of the change of clocks."""
REPLIES = ((time(12, 30), time(13, 20)), (time(16, 20), time(17, 25)), (time(18, 10), time(18, 40)))
"""When a reply is written and when it is due. The last one is due before anybody sits at the desk again."""
PEAK_HOURS = range(7, 22)
"""Hours whose posts are taken to have earned most: they weigh as much as the settings allow, others as little."""

What = Literal["plan", "owner", "reply", "person", "raw", "trouble_begins", "trouble_ends"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong for a while. ``faults`` are the sandbox's; a power cut has none.

    ``ends`` is when the cause is gone; what the product makes of it may last longer.
    """

    name: str
    begins: datetime
    ends: datetime
    faults: dict[str, Any] = field(default_factory=dict)
    power_cut: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the calendar, in UTC. ``detail`` is what the kind of event needs."""

    at: datetime
    what: What
    detail: Any = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The whole run: ``begins`` and ``ends`` are midnights where the owner lives."""

    zone: ZoneInfo
    first: date
    days: int
    change: date
    troubles: tuple[Trouble, ...]
    events: tuple[Event, ...]

    @property
    def begins(self) -> datetime:
        """When it begins."""
        return _at(self.first, time.min, self.zone)

    @property
    def ends(self) -> datetime:
        """When the last day is over."""
        return _at(self.first + timedelta(days=self.days), time.min, self.zone)


def calendar(days: int, change: date, seed: int) -> Calendar:
    """Return the calendar of so many days around a change of clocks, which falls on the one in the middle."""
    zone, first = ZoneInfo(ZONE), change - timedelta(days=days // 2)
    dates = [first + timedelta(days=number) for number in range(days)]
    troubles = tuple(_troubles(dates, zone))
    rng = random.Random(seed)  # noqa: S311 - a simulation
    events = [event for number, day in enumerate(dates) for event in _day(day, number, zone, rng)]
    events += [event for trouble in troubles for event in _edges(trouble)]
    eve = _at(change - timedelta(days=1), time(12), zone)
    events += [Event(eve, "owner", f"{change} {at}") for at in ("01:30", "02:30")]
    events += _raw(dates[0], zone)
    return Calendar(zone, first, days, change, troubles, tuple(sorted(events, key=lambda event: event.at)))


def sittings(first: date, days: int, zone: ZoneInfo) -> Iterator[Event]:
    """Return when a person looks, for days after the calendar."""
    for number in range(days):
        yield from (Event(_at(first + timedelta(days=number), at, zone), "person") for at in SITTINGS)


def _day(day: date, number: int, zone: ZoneInfo, rng: random.Random) -> Iterator[Event]:
    yield from (Event(_at(day, at, zone), "plan") for at in PLANS)
    yield from (Event(_at(day, at, zone), "person") for at in SITTINGS)
    evening_before = _at(day - timedelta(days=1), time(18), zone)
    yield Event(evening_before if number else _at(day, time.min, zone), "owner", f"{day} {MORNING:%H:%M}")
    if number % 2 == 0:
        yield Event(_at(day, time(7, 30), zone), "owner", f"{day} {rng.choice(('18:30', '18:27', '19:33'))}")
    for written, due in REPLIES:
        yield Event(_at(day, written, zone), "reply", _at(day, due, zone))


def _raw(day: date, zone: ZoneInfo) -> Iterator[Event]:
    """Texts that reach the queue past every gate, as from another program: only X refuses them."""
    yield Event(_at(day, time(8), zone), "raw", ("over-long", _at(day, time(11, 20), zone)))
    yield Event(_at(day, time(15), zone), "raw", ("repeated", _at(day, time(16, 35), zone)))


def _troubles(dates: list[date], zone: ZoneInfo) -> Iterator[Trouble]:
    """Place the 12 hours without service and X's three limits."""
    long_run = len(dates) >= LONG_RUN_DAYS
    limited, cut, daily, automated = (0, 1, 4, 5) if long_run else (0, 0, 0, 1)
    yield _limit("429", dates[limited], (time(9, 45), time(10, 20)), zone, {"rate_limited": True})
    yield _limit("344", dates[daily], (time(12, 45), time(15, 30)), zone, {"create_error": 344})
    yield _limit("226", dates[automated], (time(12, 45), time(14, 45)), zone, {"create_error": 226})
    off = _at(dates[cut], time(10, 25) if long_run else time(19, 20), zone)
    back, up = off + timedelta(hours=6), off + timedelta(hours=12)
    yield Trouble("power cut", off, back, power_cut=True)
    yield Trouble("site down", back, up, {"down": True})


def _limit(name: str, day: date, hours: tuple[time, time], zone: ZoneInfo, faults: dict[str, Any]) -> Trouble:
    return Trouble(name, _at(day, hours[0], zone), _at(day, hours[1], zone), faults)


def _edges(trouble: Trouble) -> Iterator[Event]:
    yield Event(trouble.begins, "trouble_begins", trouble)
    yield Event(trouble.ends, "trouble_ends", trouble)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
