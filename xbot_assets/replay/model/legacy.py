"""The old browser pool, by the rules its code followed. Its numbers are in ``parameters.py``.

* One Chromium with a few contexts. Operations wait in one queue by a number, 1 best to 10 worst, then by age.
* They run in batches: a batch takes as many as there are contexts, and **no operation starts before the slowest of
  the batch has ended**, though contexts stand idle. An operation that finds the pool idle is a batch of one.
* Fairness: each place of a batch after the first takes one low-priority operation, if any waits, once a batch.
* An operation gives up after a minute in the queue; its run ends there.
* Some jobs first take a lock that only one job may hold; it is given up after three minutes, the work goes on.
* Metrics jobs first probe the pool and skip the run when it does not answer within 1.5 s.
* Some jobs launched a browser of their own and never waited.

Two readings. *Held*: an operation keeps its context until it ends, as the pool was meant. *Leaking*: as coded, most
jobs only opened a page in the operation and let go of the context at once, so that the cap did not bound the pages;
that others then compete for memory and processor is not modelled.

Left out, all in the old pool's favour: crashes and its circuit breaker, retries of a post that gave up, watchdog runs
beside scheduled ones.
"""

import heapq
from collections.abc import Callable

from xbot_assets.replay.model.course import OUTSIDE_SLOTS, Course, Outcome, Played, Run
from xbot_assets.replay.model.jobs import Way
from xbot_assets.replay.model.lock import Lock
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.tape import Tape

_Handler = Callable[[Run, float], None]


def play_legacy(tape: Tape, parameters: Parameters, *, leaking: bool) -> Played:
    """Play a tape on the old pool, up to the tape's horizon."""
    return _Legacy(tape, parameters, leaking=leaking).play()


class _BatchQueue:
    """Waiting operations, and which of them make the next batch."""

    def __init__(self, high_priority_max: int) -> None:
        self._high_priority_max = high_priority_max
        self._high: list[tuple[int, int, int, Run]] = []
        self._low: list[tuple[int, int, int, Run]] = []
        self._asked = 0

    def add(self, run: Run) -> None:
        """Queue a run that has begun to wait."""
        priority = run.job.legacy.priority
        self._asked += 1
        queue = self._high if priority <= self._high_priority_max else self._low
        heapq.heappush(queue, (priority, self._asked, run.ticket, run))

    def next_batch(self, places: int) -> list[Run]:
        """Take the next batch."""
        batch: list[Run] = []
        low_taken = False
        while len(batch) < places and (run := self._next(prefer_low=bool(batch) and not low_taken)):
            low_taken = low_taken or run.job.legacy.priority > self._high_priority_max
            batch.append(run)
        return batch

    def _next(self, *, prefer_low: bool) -> Run | None:
        queues = (self._low, self._high) if prefer_low else (self._high, self._low)
        return _first_waiting(queues[0]) or _first_waiting(queues[1])

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not any(ticket == run.ticket for queue in (self._high, self._low) for _, _, ticket, run in queue)


def _first_waiting(queue: list[tuple[int, int, int, Run]]) -> Run | None:
    while queue:
        _, _, ticket, run = heapq.heappop(queue)
        if ticket == run.ticket:  # else it gave up
            return run
    return None


class _Legacy:
    """The state of one play."""

    def __init__(self, tape: Tape, parameters: Parameters, *, leaking: bool) -> None:
        self._tape = tape
        self._numbers = parameters
        self._leaking = leaking
        self._course = Course(tape, parameters.slots)
        self._queue = _BatchQueue(parameters.legacy_high_priority_max)
        self._lock = Lock()
        self._events: list[tuple[float, int, int, _Handler, Run]] = []
        self._scheduled = 0
        self._batch_left = 0
        self._batch_until = 0.0
        self._context_uses = [0] * parameters.slots

    def play(self) -> Played:
        for index, arrival in enumerate(self._tape.arrivals):
            self._advance(arrival.at)
            self._arrive(index, arrival.at)
        self._advance(self._tape.horizon)
        return self._course.result()

    def _advance(self, until: float) -> None:
        while self._events and self._events[0][0] <= until:
            now, _, ticket, handler, run = heapq.heappop(self._events)
            if ticket == run.ticket:
                handler(run, now)

    def _at(self, time: float, handler: _Handler, run: Run) -> None:
        """Call ``handler`` then, unless the run has moved on by itself before."""
        self._scheduled += 1
        heapq.heappush(self._events, (time, self._scheduled, run.ticket, handler, run))

    # --- a run's way --------------------------------------------------------------------------------------

    def _arrive(self, index: int, now: float) -> None:
        run = self._course.admit(index, self._tape.arrivals[index])
        if run is None:
            return
        traits = run.job.legacy
        if traits.gated and not self._answers_probe(now):
            self._course.close(run, Outcome.HEALTH_GATE)
            return
        self._leave_out(run)
        if traits.way is Way.LOCKED:
            self._ask_lock(run, now)
        else:
            self._proceed(run, now)

    def _leave_out(self, run: Run) -> None:
        """Move the work that never was in a slot to where it was."""
        traits = run.job.legacy
        if traits.way is Way.OUTSIDE:
            run.outside, run.operations = sum(run.operations), ()
        elif self._leaking and not traits.keeps_context:
            run.outside, run.operations = sum(run.operations), (self._numbers.legacy_page_seconds,)

    def _answers_probe(self, now: float) -> bool:
        soon = self._batch_until <= now + self._numbers.legacy_probe_seconds
        return self._batch_left == 0 or (soon and self._queue.empty)

    def _ask_lock(self, run: Run, now: float) -> None:
        run.ask(now)
        if self._lock.take(run):
            self._hold_lock(run, now)

    def _hold_lock(self, run: Run, now: float) -> None:
        run.stop_waiting(now)
        self._schedule_lock_end(run, now)
        self._proceed(run, now)

    def _schedule_lock_end(self, run: Run, now: float) -> None:
        """Take the lock away in time, whatever the run does until then."""
        holder = Run(run.arrival, run.job, ())  # a stand-in whose ticket never changes
        self._at(now + self._numbers.legacy_lock_seconds, lambda _, then: self._free_lock(run, then), holder)

    def _free_lock(self, run: Run, now: float) -> None:
        following = self._lock.give_up(run)
        if following is not None:
            self._hold_lock(following, now)

    def _proceed(self, run: Run, now: float) -> None:
        """Go on to the next operation, then to the work outside the pool, then to the end."""
        if run.step < len(run.operations):
            self._ask_pool(run, now)
        elif run.outside > 0:
            run.since, run.slot = now, OUTSIDE_SLOTS
            run.ticket += 1
            self._at(now + run.outside, self._end_outside, run)
        else:
            self._finish(run, now, Outcome.SERVED)

    def _end_outside(self, run: Run, now: float) -> None:
        self._course.note(run, now)
        run.outside = 0.0
        self._proceed(run, now)

    def _finish(self, run: Run, now: float, outcome: Outcome) -> None:
        self._course.close(run, outcome)
        self._free_lock(run, now)

    # --- the pool -----------------------------------------------------------------------------------------

    def _ask_pool(self, run: Run, now: float) -> None:
        run.ask(now)
        self._queue.add(run)
        self._at(now + self._numbers.legacy_queue_seconds, self._give_up, run)
        if self._batch_left == 0:
            self._start_batch(now)

    def _give_up(self, run: Run, now: float) -> None:
        run.stop_waiting(now)
        self._finish(run, now, Outcome.QUEUE_TIMEOUT)

    def _start_batch(self, now: float) -> None:
        batch = self._queue.next_batch(self._numbers.slots)
        self._batch_left = len(batch)
        self._batch_until = now
        for slot, run in enumerate(batch):
            run.stop_waiting(now)
            run.since, run.slot = now, slot
            end = now + self._renewal(slot) + run.operations[run.step]
            self._batch_until = max(self._batch_until, end)
            self._at(end, self._end_operation, run)

    def _renewal(self, slot: int) -> float:
        """Count a use of a context; the one that follows its last allowed use pays for a new context."""
        self._context_uses[slot] += 1
        if self._context_uses[slot] <= self._numbers.legacy_context_operations:
            return 0.0
        self._context_uses[slot] = 1
        return self._numbers.legacy_context_seconds

    def _end_operation(self, run: Run, now: float) -> None:
        self._course.note(run, now)
        run.step += 1
        self._proceed(run, now)
        self._batch_left -= 1
        if self._batch_left == 0:
            self._start_batch(now)
