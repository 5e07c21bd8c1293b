"""Eight real processes at once: never one too many, never one too few, and one probe."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.breaker import AttemptOutcome, BreakerPolicy, Permit
from xbot_assets.domain.pace.pacing import HOUR, PaceKind
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.breaker import acquire, breaker_events, report
from xbot_assets.testing.pace_crowd import (
    SPAWN,
    STEP,
    Crowd,
    Plan,
    counts,
    hold_probe,
    queue_for,
    serial,
)
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.queueing import NOON

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

PROCESSES = 8
ROUNDS, ASKS_A_ROUND = 250, 4
CLAIM_ROUNDS = 60
ASKS = 150
BURSTS = Settings(rate_start_per_hour=4, rate_tolerance_minutes=240)
"""Replies may come four at once, so the hourly limit, the daily limit and the rate each refuse some of the time."""
POLICY = BreakerPolicy(
    failures=1, reset=timedelta(0), successes=2, probe=timedelta(minutes=5), stuck=timedelta(minutes=30)
)


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    """Eight processes, started once for this file."""
    with Crowd(PROCESSES) as waiting:
        yield waiting


@pytest.mark.soak
@pytest.mark.slow
def test_eight_processes_asking_a_thousand_times_are_answered_as_one_after_the_other(
    crowd: Crowd, database: Database, database_url: str
) -> None:
    """Round for round the serial count: with a greater one too much was claimed, with a smaller one refused."""
    rules = BURSTS.pace_rules
    plan = Plan(database_url, rules, PaceKind.REPLY, NOON, ROUNDS, ASKS_A_ROUND)
    queue_for(database, plan, PROCESSES)
    pacing = rules.pacing[PaceKind.REPLY]
    admitted = counts(crowd.rush(plan), ROUNDS)
    assert admitted == serial(pacing, plan, PROCESSES)
    assert max(admitted) == pacing.per_hour
    times = [NOON + turn * STEP for turn, many in enumerate(admitted) for _ in range(many)]
    most = pacing.per_hour
    assert all(late - early >= HOUR for early, late in zip(times, times[most:], strict=False))
    assert max(Counter(time.date() for time in times).values()) <= pacing.per_day


@pytest.mark.slow
def test_eight_processes_that_claim_posts_and_lose_their_ids_keep_the_pace(
    crowd: Crowd, database: Database, database_url: str
) -> None:
    """The claim itself is the record: unconfirmed posts count, and none is claimed beyond the rate."""
    rules = Settings().pace_rules
    plan = Plan(database_url, rules, PaceKind.POST, NOON, CLAIM_ROUNDS, 1)
    queue_for(database, plan, PROCESSES)
    admitted = counts(crowd.rush(plan), CLAIM_ROUNDS)
    assert admitted == serial(rules.pacing[PaceKind.POST], plan, PROCESSES)
    assert sum(admitted) > 2


@pytest.mark.slow
def test_eight_processes_at_an_open_breaker_never_have_two_probes_out(
    crowd: Crowd, database: Database, database_url: str
) -> None:
    """Every probe given is in the history, and no two overlapped."""
    seen = crowd.probe_rush(database_url, POLICY, ASKS, NOON)
    assert seen.most_at_once == 1
    assert seen.probes > PROCESSES
    assert seen.refusals > 0
    given = [row.fencing_token for row in breaker_events(database) if row.event == "probe_given"]
    assert len(given) == seen.probes
    assert given == sorted(set(given))


@pytest.mark.slow
def test_a_prober_that_is_killed_blocks_the_others_only_until_its_lease_ends(
    database: Database, database_url: str
) -> None:
    """SIGKILL with the probe in hand: nobody gets it before the lease is over, and then exactly one does."""
    assert report(database, _closed_permit(database), AttemptOutcome.FAILURE, POLICY, NOON)
    told: Queue[int] = SPAWN.Queue()
    brief = replace(POLICY, probe=timedelta(seconds=3))
    prober = SPAWN.Process(target=hold_probe, args=(database_url, brief, NOON, told))
    prober.start()
    dead_token = told.get(timeout=PATIENCE)
    prober.kill()
    prober.join()
    prober.close()
    wait = acquire(database, "next", POLICY, NOON)
    assert isinstance(wait, Wait)
    while isinstance(permit := acquire(database, "next", POLICY, NOON), Wait):
        assert permit.until == wait.until
    assert permit.fencing_token == dead_token + 1
    assert isinstance(acquire(database, "third", POLICY, NOON), Wait)
    taken = breaker_events(database)[-1]
    assert taken.happened_at >= wait.until


def _closed_permit(database: Database) -> Permit:
    permit = acquire(database, "first", POLICY, NOON)
    assert isinstance(permit, Permit)
    return permit
