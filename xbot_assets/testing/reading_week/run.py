"""One simulated week: every minute each automation is asked whether it has something to do, as its schedule asks it.

Work moves the clock on by the seconds that ``xbot replay`` reckons with, one operation after another: pessimistic,
for on a real stack one of each lane runs at a time.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.steps.engagement.suggestions import dismiss, suggestions_now
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement.opportunities import open_count
from xbot_assets.testing.reading_week.jobs import AUTOMATIONS, MEASURE, Automation, ran
from xbot_assets.testing.reading_week.way import BrowserWay, GraphWay
from xbot_assets.testing.weeks.time import WeekClock

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
EMPTIED_AFTER = 4 / 7
"""At which share of the time the pool is emptied, as by a restore of an old backup."""
PERSON_EVERY = timedelta(hours=12)
"""A person sits down and dismisses what is suggested, so that there is room for more."""
_DUE = "select post_id, published_at, next_read_at from reading_schedule where next_read_at <= %(now)s"
_NEXT = "select post_id, next_read_at from reading_schedule"
_EMPTY = (
    """delete from opportunity_readings where x_post_id in
        (select x_post_id from reply_opportunities where state = 'open' and not inbound)""",
    "delete from reply_opportunities where state = 'open' and not inbound",
)


@dataclass(frozen=True, slots=True)
class Late:
    """A post that was looked at: how old it was, and how long after it fell due; ``first`` when never before."""

    age: timedelta
    late: timedelta


@dataclass(slots=True)
class ReadingWeek:
    """One run over running parts."""

    product: Product
    way: GraphWay | BrowserWay
    clock: WeekClock
    connection: psycopg.Connection[Any]
    begins: datetime
    ends: datetime
    late: list[Late] = field(default_factory=list)
    pool: list[tuple[datetime, int]] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    emptied_at: datetime | None = None
    _start: timedelta = field(default_factory=lambda: timedelta(seconds=Parameters().start_seconds))

    def work(self) -> None:
        """Go through the week, minute by minute."""
        sits_down, told = self.begins + PERSON_EVERY, self.begins
        while self.clock.now < self.ends:
            self._minute()
            if self.clock.now >= sits_down:
                sits_down += PERSON_EVERY
                self._sit_down()
            if self.clock.now >= told:
                told += 6 * HOUR
                self._tell()
            self.clock.jump_to(_next_minute(self.clock.now))

    def _minute(self) -> None:
        empties = self.begins + (self.ends - self.begins) * EMPTIED_AFTER
        if self.emptied_at is None and self.clock.now >= empties:
            self._empty_pool()
        for automation in AUTOMATIONS:
            if automation.wait(self.product) is None:
                self._run(automation)
        self.pool.append((self.clock.now, open_count(self.product.database, self.clock.now)))

    def _run(self, automation: Automation) -> None:
        before, due = len(self.way.done), self._due() if automation.name == MEASURE else {}
        failure = ran(automation, self.product)
        self.runs[automation.name] += 1
        if failure:
            self.failures[f"{automation.name}: {failure}"] += 1
        self._note_late(due)
        reckoned = sum(one.seconds for one in self.way.done[before:]) if self.way.reckons else 0.0
        self.clock.jump_to(self.clock.now + self._start + timedelta(seconds=reckoned))

    def _due(self) -> dict[int, tuple[datetime, datetime]]:
        rows = self.connection.execute(_DUE, {"now": self.clock.now}).fetchall()
        return {post_id: (published_at, due_at) for post_id, published_at, due_at in rows}

    def _note_late(self, due: dict[int, tuple[datetime, datetime]]) -> None:
        """Note of each post that was due and has been looked at how long after its time that was."""
        if not due:
            return
        next_at, now = dict(self.connection.execute(_NEXT).fetchall()), self.clock.now
        for post_id, (published_at, due_at) in due.items():
            if next_at[post_id] is None or next_at[post_id] > now:
                self.late.append(Late(due_at - published_at, now - due_at))

    def _empty_pool(self) -> None:
        for statement in _EMPTY:
            self.connection.execute(statement)
        self.emptied_at = self.clock.now

    def _sit_down(self) -> None:
        for suggestion in suggestions_now(self.product.account):
            dismiss(self.product.account, suggestion.x_post_id, "the owner")

    def _tell(self) -> None:
        at, size = self.pool[-1]
        print(f"{at:%a %H:%M}: pool {size}, runs {dict(self.runs)}, {dict(self.failures)}", file=sys.stderr, flush=True)


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + MINUTE
