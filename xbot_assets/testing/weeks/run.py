"""The simulated week at work: the calendar's events, the sensor's looks, and why a post that was due did not go."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from xbot_assets.steps.product import Product
from xbot_assets.store.publishing.admission import judge_due
from xbot_assets.testing.crash.schedule import HOST, POSTGRES
from xbot_assets.testing.crash.stack import CrashStack
from xbot_assets.testing.weeks.calendar import Calendar, Event, Trouble, sittings
from xbot_assets.testing.weeks.cycle import Sensor
from xbot_assets.testing.weeks.judging import AFTER
from xbot_assets.testing.weeks.people import People
from xbot_assets.testing.weeks.time import WeekClock

DRAIN_DAYS = 4
"""After the calendar what still waits gets so long; a person sits at the desk all the while."""
VAIN_MAX = 3
"""After so many runs in a row that did nothing, or one that failed, wait for something to change.

The sensor would go on trying; ``runs_in_vain`` in the document says how often that came up."""
LLM_FAULTS = {name: {"value": True, "probability": 0.1} for name in ("llm_over_long", "llm_duplicate")}
"""The language model errs in every tenth text, so that the gates have something to refuse."""
_OPEN = """
select count(*) from xbot.posts where status in ('queued', 'claimed', 'armed')
    or (status = 'unconfirmed' and (looks < %(looks)s or (requeues = 0 and failure_code is distinct from 'duplicate')))
"""
_FRESH = "select id, scheduled_at from xbot.posts where id > %(last)s and status in ('queued', 'held') order by id"


@dataclass(slots=True)
class Week:
    """One run over running parts.

    Attributes:
        slots: when each post was first due.
        held_back: why a post did not go in the first minute after its slot, if anything forbade it.
    """

    stack: CrashStack
    product: Product
    plan: Calendar
    people: People
    clock: WeekClock
    sensor: Sensor
    slots: dict[int, datetime] = field(default_factory=dict)
    held_back: dict[int, str] = field(default_factory=dict)
    looks: int = 0
    vain: int = 0
    _troubles: list[Trouble] = field(default_factory=list)
    _cut: Trouble | None = None

    def work(self) -> None:
        """Go through the calendar, then wait until nothing is left to do."""
        self.sensor.cycle()  # nothing is queued yet: the warm process that runs are forked from starts
        self.people.arrive()
        self._set_faults()
        after = list(sittings(self.plan.ends.astimezone(self.plan.zone).date(), DRAIN_DAYS, self.plan.zone))
        events = [*self.plan.events, *after]
        while events and (self.clock.now < self.plan.ends or self._is_open()):
            self._until(events[0].at)
            self._happen(events.pop(0))

    def _until(self, at: datetime) -> None:
        """Look at once, for the last event may have changed anything, and whenever more may have, until the next."""
        moment = self.clock.next_tick(self.clock.now)
        while moment < at:
            self.clock.jump_to(moment)
            self._look()
            moment = self.clock.next_moment(at)
        self.clock.jump_to(at)

    def _happen(self, event: Event) -> None:
        if self._cut is not None and event.what not in {"trouble_begins", "trouble_ends"}:
            return  # the machine is off, and nobody reaches it
        if event.what == "trouble_begins":
            self._begin(event.detail)
        elif event.what == "trouble_ends":
            self._end(event.detail)
        elif event.what == "person":
            self._progress()
            self.people.sit_down(trouble_is_over=not self._troubles)
        else:
            self._queue(event)
        self._note_slots()

    def _queue(self, event: Event) -> None:
        act: dict[str, Any] = {
            "plan": self.people.plan,
            "owner": lambda: self.people.owner(event.detail),
            "reply": lambda: self.people.reply(event.detail),
            "raw": lambda: self.people.raw(*event.detail),
        }
        act[event.what]()

    def _begin(self, trouble: Trouble) -> None:
        self._troubles.append(trouble)
        if trouble.power_cut:
            self._cut_power(trouble)
        self._set_faults()

    def _end(self, trouble: Trouble) -> None:
        self._troubles.remove(trouble)
        if trouble is self._cut:
            self._cut = None
        self._set_faults()

    def _cut_power(self, trouble: Trouble) -> None:
        """Let the next post be taken in hand; then the worker, the host and the database die at once."""
        latest = trouble.begins + timedelta(hours=2)
        while self.sensor.look() is not None and self.clock.now < latest:
            self.clock.jump_to(self.clock.next_moment(latest))
        self._note_held()
        self.sensor.cycle(self._all_dies)
        self.stack.wait_until_well()
        self._cut = trouble

    def _all_dies(self, name: str, pid: int) -> None:
        self.sensor.kill_with_post_in_hand(name, pid)
        self.stack.kill(HOST)
        self.stack.kill(POSTGRES)

    def _set_faults(self) -> None:
        faults = {name: value for trouble in self._troubles for name, value in trouble.faults.items()}
        self.stack.ask_sandbox("faults", {**LLM_FAULTS, **faults})

    def _look(self) -> None:
        """Do what the sensor does at one of its moments."""
        if self._cut is not None:
            return
        self.looks += 1
        self._note_held()
        vain = 0
        while self.sensor.look() is None and vain < VAIN_MAX:
            answer = self.sensor.cycle()
            if "failure" in answer:
                vain = VAIN_MAX
            elif answer["published"] is None and not answer["confirmed"]:
                vain, self.vain = vain + 1, self.vain + 1
            else:
                vain = 0
            self.clock.jump_to(self.clock.next_tick(self.clock.now))
            self._note_held()

    def _note_slots(self) -> None:
        for post_id, at in self._ask(_FRESH, last=max(self.slots, default=0)):
            self.slots[post_id] = at

    def _note_held(self) -> None:
        """Keep, of each post in the first minute after its slot, what forbids it now."""
        now = self.clock.now
        for post_id, refusal in judge_due(self.product.database, self.product.account.admission):
            slot = self.slots.get(post_id)
            if slot is None or post_id in self.held_back or now > slot + AFTER:
                continue
            if self._troubles:
                self.held_back[post_id] = self._troubles[0].name
            elif refusal:
                self.held_back[post_id] = refusal.rule

    def _is_open(self) -> bool:
        looks = self.product.settings.recovery_looks_max
        return bool(self._ask(_OPEN, looks=looks)[0][0])

    def _ask(self, query: Any, **values: object) -> Sequence[Any]:  # noqa: ANN401 - SQL
        with psycopg.connect(self.clock.url) as connection:
            return connection.execute(query, values).fetchall()

    def _progress(self) -> None:
        runs = Counter(answer.get("failure", "ok") for answer in self.sensor.runs)
        at = self.clock.now.astimezone(self.plan.zone)
        print(f"{at:%a %d %b %H:%M %Z}: {len(self.slots)} posts, runs {dict(runs)}", file=sys.stderr, flush=True)
