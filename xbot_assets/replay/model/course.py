"""The bookkeeping of one play: what became of each run, and who held which slot from when to when."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.jobs import Job
from xbot_assets.replay.model.tape import Arrival, Tape

OUTSIDE_SLOTS = -1
"""The slot number of work in a browser outside the pool."""


class Outcome(StrEnum):
    """What became of a run. Every arrival has exactly one."""

    SERVED = "served"
    OVERLAP = "skipped: the job's previous run was still active"
    HEALTH_GATE = "skipped: the pool answered the health probe late"
    QUEUE_TIMEOUT = "given up: waited in the pool's queue for too long"
    UNFINISHED = "still waiting or running at the tape's end"


ADMITTED = frozenset({Outcome.SERVED, Outcome.QUEUE_TIMEOUT, Outcome.UNFINISHED})
"""The outcomes of runs that asked for a slot; only they have a wait."""


class Fate(NamedTuple):
    """What became of one arrival: ``wait`` is the seconds it spent in queues, ``longest`` its longest single stay."""

    outcome: Outcome
    wait: float
    longest: float


class Span(NamedTuple):
    """One operation in one slot. ``completed`` is false when it was cut short and must be done again."""

    slot: int
    lane: Lane
    start: float
    end: float
    arrival: int
    completed: bool


@dataclass(slots=True, eq=False)
class Run:
    """One admitted arrival on its way.

    Attributes:
        arrival: index on the tape.
        job: whose it is.
        operations: seconds of each operation in a slot.
        outside: seconds of work outside any slot, after them.
        asked: when the current operation began to wait; ``None`` while none waits.
        waited: seconds in queues so far.
        longest: the longest single stay in a queue, in seconds.
        step: index of the current operation.
        since: when the current operation started.
        slot: where it runs.
        ticket: grows with each change, so that an event that was overtaken is known to be stale.
    """

    arrival: int
    job: Job
    operations: tuple[float, ...]
    outside: float = 0.0
    asked: float | None = None
    waited: float = 0.0
    longest: float = 0.0
    step: int = 0
    since: float = 0.0
    slot: int = OUTSIDE_SLOTS
    ticket: int = 0

    def ask(self, now: float) -> None:
        """Begin to wait."""
        self.asked = now
        self.ticket += 1

    def stop_waiting(self, now: float) -> None:
        """Add the wait that ends now."""
        stay = 0.0 if self.asked is None else now - self.asked
        self.waited += stay
        self.longest = max(self.longest, stay)
        self.asked = None
        self.ticket += 1


@dataclass(frozen=True, slots=True)
class Played:
    """One policy's play of one tape: a fate for each arrival, and every span."""

    tape: Tape
    slots: int
    fates: tuple[Fate, ...]
    spans: tuple[Span, ...]


@dataclass(slots=True)
class Course:
    """Keeps the books while a policy plays a tape."""

    tape: Tape
    slots: int
    spans: list[Span] = field(default_factory=list)
    _fates: list[Fate | None] = field(init=False)
    _active: dict[int, Run] = field(default_factory=dict)
    _busy_jobs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._fates = [None] * len(self.tape.arrivals)

    def admit(self, index: int, arrival: Arrival) -> Run | None:
        """Open a run, or note the overlap and return ``None``."""
        job = self.tape.jobs[arrival.job]
        if job.guarded and self._busy_jobs.get(job.name):
            self._fates[index] = Fate(Outcome.OVERLAP, 0.0, 0.0)
            return None
        run = Run(index, job, arrival.operations)
        self._busy_jobs[job.name] = self._busy_jobs.get(job.name, 0) + 1
        self._active[index] = run
        return run

    def close(self, run: Run, outcome: Outcome) -> None:
        """Note what became of a run."""
        self._fates[run.arrival] = Fate(outcome, run.waited, run.longest)
        self._busy_jobs[run.job.name] -= 1
        del self._active[run.arrival]

    def note(self, run: Run, until: float, *, completed: bool = True) -> None:
        """Note the span that the run's current operation held its slot."""
        self.spans.append(Span(run.slot, run.job.lane, run.since, until, run.arrival, completed))

    def result(self) -> Played:
        """Close the books at the tape's end; whatever is still active is unfinished."""
        end = self.tape.horizon
        for run in tuple(self._active.values()):
            if run.asked is None and run.since < end:
                self.note(run, end, completed=False)
            run.stop_waiting(end)
            self.close(run, Outcome.UNFINISHED)
        fates = tuple(fate for fate in self._fates if fate is not None)
        return Played(self.tape, self.slots, fates, tuple(self.spans))
