"""Real processes that claim posts and ask for the breaker's probe at once, and the serial answer to compare with.

Used by the tests and by ``benchmarks/pace_contention.py``.
"""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from xbot_assets.domain.admission.refusal import Refusal, RuleName
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import UnknownOutcome
from xbot_assets.domain.pace.breaker import AttemptOutcome, BreakerPolicy, Permit
from xbot_assets.domain.pace.hours import HourWeights
from xbot_assets.domain.pace.pacing import PaceKind, PaceRules, Pacing
from xbot_assets.domain.pace.rate import PaceFacts, initial
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.publishing.admission import Question, take
from xbot_assets.store.publishing.breaker import acquire, report
from xbot_assets.store.publishing.posts import arm_post, enqueue_posts, mark_unconfirmed
from xbot_assets.testing.admission import LEASE, open_limits
from xbot_assets.testing.pace_rules import wait_at

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

SPAWN = multiprocessing.get_context("spawn")
"""Every process is a new interpreter with connections of its own, as in production."""
STEP = timedelta(seconds=389)
"""Product time between two rounds: no divisor of an hour, so that limits end between rounds and on them."""
END_SECONDS = 300.0
"""A process that has not ended by then never will."""
ANSWERED = 1000
"""Keeps the numbers of what the crowd claims above zero."""
SUCCEEDS_ONE_OF = 3
"""Of so many probes one succeeds, so the breaker mostly opens again."""


class Shared:
    """What the processes of a crowd share: a line to start from, and how many probes are out now and at most."""

    def __init__(self, processes: int) -> None:
        self.barrier = SPAWN.Barrier(processes)
        self._out = SPAWN.Value("i", 0)
        self.most = SPAWN.Value("i", 0)

    def enter(self) -> None:
        """A probe is out."""
        with self._out.get_lock():
            self._out.value += 1
            self.most.value = max(self.most.value, self._out.value)

    def leave(self) -> None:
        """It is back."""
        with self._out.get_lock():
            self._out.value -= 1


_shared: Shared
"""In a process of a crowd: what it shares with the others, set when it starts."""


def _join(shared: Shared) -> None:
    global _shared  # noqa: PLW0603 - a pool hands what is shared to its processes in no other way
    _shared = shared


@dataclass(frozen=True, slots=True)
class Asked:
    """What one process was told: the rounds in which it claimed a post, and how long each answer took."""

    admitted: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What each process does: in each round, ask so often."""

    url: str
    rules: PaceRules
    kind: PaceKind
    start: datetime
    rounds: int
    asks: int


def one_claim(db: Database, plan: Plan, now: datetime) -> bool:
    """Claim a post if the rules allow it, leave it unconfirmed (its id is lost), and queue another in its place.

    While another process has a post in hand nobody else may claim; that is over in a moment, and not the pace's answer.
    """
    question = Question(replace(open_limits(), pace=plan.rules), now, "crowd")
    while isinstance(claim := take(db, question, lease=LEASE), Refusal):
        if claim.rule is not RuleName.ONE_IN_HAND:
            return False
    arm_post(db, claim, now)
    mark_unconfirmed(db, claim, UnknownOutcome("The id was lost.", code=FailureCode.NO_WITNESS), now)
    enqueue_posts(db, [_to_claim(plan, claim.id)], now)
    return True


def queue_for(db: Database, plan: Plan, processes: int) -> None:
    """Queue what the processes claim first: always more than they can have in hand and not yet replaced."""
    enqueue_posts(db, [_to_claim(plan, number) for number in range(-2 * processes, 0)], plan.start)


def _to_claim(plan: Plan, number: int) -> NewPost:
    """Return a post of the plan's kind that is due all the time; one post on X is answered once."""
    post = NewPost(text=f"Post {ANSWERED + number} of a crowd.", topic="sea", format="fact", scheduled_at=plan.start)
    if plan.kind is PaceKind.POST:
        return post
    return post.model_copy(update={"reply_to_x_id": str(ANSWERED + number), "reply_to_handle": "anna"})


def serial(pacing: Pacing, plan: Plan, processes: int) -> list[int]:
    """Return how many are claimed in each round when the same questions come one after the other."""
    nothing = PaceFacts(initial(pacing), HourWeights(ZoneInfo("UTC")))
    admitted: list[datetime] = []
    counts: list[int] = []
    for turn in range(plan.rounds):
        now, before = plan.start + turn * STEP, len(admitted)
        for _ in range(processes * plan.asks):
            if wait_at(replace(nothing, recent=admitted[-pacing.per_day :]), now, pacing) is None:
                admitted.append(now)
        counts.append(len(admitted) - before)
    return counts


def counts(told: list[Asked], rounds: int) -> list[int]:
    """Return how many were claimed in each round."""
    everything = [turn for asked in told for turn in asked.admitted]
    return [everything.count(turn) for turn in range(rounds)]


@dataclass(frozen=True, slots=True)
class Probing:
    """What a crowd of probers saw: probes given, and how many were out at once at most."""

    probes: int
    most_at_once: int
    refusals: int


class Crowd:
    """Processes that wait for work; a context manager, so that none is left behind."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self._shared = Shared(processes)
        self._pool = SPAWN.Pool(processes, _join, (self._shared,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.terminate()
        self._pool.join()

    def rush(self, plan: Plan) -> list[Asked]:
        """Let every process ask so often a round, a round at one product time, and return what each was told."""
        # The line that they start from holds each process until all have a task, so none takes two.
        return self._pool.map_async(_ask_each_round, [plan] * self.processes, 1).get(END_SECONDS)

    def probe_rush(self, url: str, policy: BreakerPolicy, asks: int, now: datetime) -> Probing:
        """Let every process ask the breaker so often, and report each permit that it gets."""
        tasks = [(url, policy, asks, now)] * self.processes
        seen = self._pool.starmap_async(_probe, tasks, 1).get(END_SECONDS)
        return Probing(sum(probes for probes, _ in seen), self._shared.most.value, sum(waits for _, waits in seen))


def hold_probe(url: str, policy: BreakerPolicy, now: datetime, told: "Queue[int]") -> None:
    """Take the probe, say so, and wait to be killed."""
    with opened(url) as db:
        permit = acquire(db, "to be killed", policy, now)
        told.put(permit.fencing_token if isinstance(permit, Permit) else 0)
        SPAWN.Event().wait()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open the database as a process of the product does."""
    with open_database(Settings(database_url=SecretStr(url))) as db:
        yield db


def _ask_each_round(plan: Plan) -> Asked:
    asked = Asked()
    with opened(plan.url) as db:
        for turn in range(plan.rounds):
            _shared.barrier.wait(END_SECONDS)
            for _ in range(plan.asks):
                began = perf_counter()
                if one_claim(db, plan, plan.start + turn * STEP):
                    asked.admitted.append(turn)
                asked.seconds.append(perf_counter() - began)
    return asked


def _probe(url: str, policy: BreakerPolicy, asks: int, now: datetime) -> tuple[int, int]:
    probes = waits = 0
    with opened(url) as db:
        _shared.barrier.wait(END_SECONDS)
        for _ in range(asks):
            permit = acquire(db, f"process {os.getpid()}", policy, now)
            if isinstance(permit, Permit):
                probes += permit.is_probe
                _use(db, permit, policy, now)
            else:
                waits += 1
    return probes, waits


def _use(db: Database, permit: Permit, policy: BreakerPolicy, now: datetime) -> None:
    if not permit.is_probe:
        report(db, permit, AttemptOutcome.FAILURE, policy, now)
        return
    _shared.enter()
    db.fetch_one("database_answers")  # the try itself: some time in which another could come
    _shared.leave()
    outcome = AttemptOutcome.SUCCESS if permit.fencing_token % SUCCEEDS_ONE_OF == 0 else AttemptOutcome.FAILURE
    report(db, permit, outcome, policy, now)
