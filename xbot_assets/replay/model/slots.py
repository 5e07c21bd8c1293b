"""Slot policies of today: FIFO, strict priority, lanes, lanes with pre-emption and posting windows."""

import heapq
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import Course, Outcome, Played, Run
from xbot_assets.replay.model.tape import Tape


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What tells one policy from another.

    Attributes:
        by_lane: order by lane, then age; by age alone otherwise.
        limits: the most operations of a lane that may run at once; no entry, no limit.
        preempts: whether waiting critical work may cut low work short. What is cut starts over.
        no_return_share: past this share of its operation, low work is not cut any more.
        window_seconds: no high or low run starts from this long before a critical run is due until it is done; one
            that is under way goes on. 0 is off.
    """

    by_lane: bool = True
    limits: Mapping[Lane, int] = field(default_factory=dict)
    preempts: bool = False
    no_return_share: float = 1.0
    window_seconds: float = 0.0


def play_slots(tape: Tape, slots: int, rules: SlotRules) -> Played:
    """Play a tape under a slot policy, up to the tape's horizon."""
    return _Slots(tape, slots, rules).play()


class _Slots:
    """The state of one play."""

    def __init__(self, tape: Tape, slots: int, rules: SlotRules) -> None:
        self._tape = tape
        self._rules = rules
        self._course = Course(tape, slots)
        self._free = list(range(slots))
        self._queues: dict[Lane, deque[Run]] = {lane: deque() for lane in Lane}
        self._running: dict[Lane, list[Run]] = {lane: [] for lane in Lane}
        self._ends: list[tuple[float, int, int, Run]] = []
        self._critical_active = 0
        self._critical_due = deque(a.at for a in tape.arrivals if tape.jobs[a.job].lane is Lane.CRITICAL)

    def play(self) -> Played:
        for index, arrival in enumerate(self._tape.arrivals):
            self._end_until(arrival.at)
            self._arrive(index, arrival.at)
        self._end_until(self._tape.horizon)
        return self._course.result()

    def _arrive(self, index: int, now: float) -> None:
        arrival = self._tape.arrivals[index]
        critical = self._tape.jobs[arrival.job].lane is Lane.CRITICAL
        if critical:
            self._critical_due.popleft()
        run = self._course.admit(index, arrival)
        if run is not None:
            self._critical_active += critical
            run.ask(now)
            self._queues[run.job.lane].append(run)
        self._start_waiting(now)

    def _end_until(self, until: float) -> None:
        while self._ends and self._ends[0][0] <= until:
            now, _, ticket, run = heapq.heappop(self._ends)
            if ticket == run.ticket:  # else it was cut short
                self._end(run, now)
                self._start_waiting(now)

    def _end(self, run: Run, now: float) -> None:
        self._leave_slot(run, now, completed=True)
        run.step += 1
        if run.step < len(run.operations):
            run.ask(now)
            self._queues[run.job.lane].append(run)
            return
        self._course.close(run, Outcome.SERVED)
        self._critical_active -= run.job.lane is Lane.CRITICAL

    def _leave_slot(self, run: Run, now: float, *, completed: bool) -> None:
        self._course.note(run, now, completed=completed)
        self._running[run.job.lane].remove(run)
        heapq.heappush(self._free, run.slot)

    def _start_waiting(self, now: float) -> None:
        while self._free and (run := self._next(now)) is not None:
            self._queues[run.job.lane].remove(run)
            self._start(run, now)
        while self._rules.preempts and self._queues[Lane.CRITICAL] and self._cut_one(now):
            self._start(self._queues[Lane.CRITICAL].popleft(), now)

    def _start(self, run: Run, now: float) -> None:
        run.stop_waiting(now)
        run.since, run.slot = now, heapq.heappop(self._free)
        self._running[run.job.lane].append(run)
        heapq.heappush(self._ends, (now + run.operations[run.step], run.arrival, run.ticket, run))

    def _next(self, now: float) -> Run | None:
        able = [run for lane in Lane if (run := self._first(lane, now)) is not None]
        if not able or self._rules.by_lane:
            return able[0] if able else None
        return min(able, key=lambda run: (run.asked or 0.0, run.arrival))

    def _first(self, lane: Lane, now: float) -> Run | None:
        """Return the lane's first run that may start an operation now; in a window only a run under way may."""
        queue, limit = self._queues[lane], self._rules.limits.get(lane)
        if not queue or (limit is not None and len(self._running[lane]) >= limit):
            return None
        if lane is Lane.CRITICAL or not self._in_window(now):
            return queue[0]
        return next((run for run in queue if run.step > 0), None)

    def _in_window(self, now: float) -> bool:
        window = self._rules.window_seconds
        if window <= 0:
            return False
        soon = bool(self._critical_due) and self._critical_due[0] <= now + window
        return soon or self._critical_active > 0

    def _cut_one(self, now: float) -> bool:
        """Cut the low operation that loses least, and queue it again as the oldest of its lane."""
        able = [run for run in self._running[Lane.LOW] if not self._past_return(run, now)]
        if not able:
            return False
        run = max(able, key=lambda one: one.since)
        self._leave_slot(run, now, completed=False)
        run.ask(now)
        self._queues[Lane.LOW].appendleft(run)
        return True

    def _past_return(self, run: Run, now: float) -> bool:
        return now - run.since >= self._rules.no_return_share * run.operations[run.step]
