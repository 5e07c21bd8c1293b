"""Where new posts fit between those that wait already."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def free_slots(first: datetime, count: int, spacing: timedelta, taken: Iterable[datetime]) -> list[datetime]:
    """Return the earliest times from ``first`` on, ``spacing`` from each other and from every time that is taken.

    A post that is put off to next week takes its own place there and leaves the days before it free.
    """
    ahead, slots = sorted(taken), list[datetime]()
    at = first
    while len(slots) < count:
        busy = next((time for time in reversed(ahead) if abs(time - at) < spacing), None)
        if busy is None:
            slots.append(at)
        at = (at if busy is None else busy) + spacing
    return slots
