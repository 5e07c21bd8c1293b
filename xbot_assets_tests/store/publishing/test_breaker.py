"""The breaker that all processes share: its transitions, its one probe, and its alerts."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.breaker import AttemptOutcome, BreakerPolicy, Permit
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.breaker import (
    acquire,
    alert_if_stuck,
    breaker_events,
    breaker_state,
    lose_probe,
    report,
)
from xbot_assets.testing.patience import until
from xbot_assets.testing.queueing import NOON, code_of

AT_ONCE = BreakerPolicy(
    failures=3,
    reset=timedelta(0),
    successes=2,
    probe=timedelta(minutes=5),
    stuck=timedelta(minutes=30),
)
"""Opens after three and lets a probe through at once: real time need not pass in a test."""
EAGER = replace(AT_ONCE, failures=1)
LATER = replace(AT_ONCE, reset=timedelta(minutes=1))


def permit(db: Database, holder: str = "a", policy: BreakerPolicy = AT_ONCE) -> Permit:
    """Return a permit, which there must be."""
    given = acquire(db, holder, policy, NOON)
    assert isinstance(given, Permit)
    return given


def fail(db: Database, times: int, policy: BreakerPolicy = AT_ONCE) -> None:
    """Fail so often."""
    for _ in range(times):
        assert report(db, permit(db, policy=policy), AttemptOutcome.FAILURE, policy, NOON, reason="X is down.")


def state(db: Database) -> str:
    """Return the state's name."""
    return str(breaker_state(db).state)


def told(db: Database) -> list[str]:
    """Return the keys of the open alerts."""
    return sorted(alert.key for alert in open_alerts(db))


def history(db: Database) -> list[str]:
    """Return what happened, oldest first."""
    return [row.event for row in breaker_events(db)]


def test_the_defaults_are_those_of_the_report() -> None:
    """Fifteen failures, sixty seconds, three successes, thirty minutes."""
    policy = Settings().breaker_policy
    assert (policy.failures, policy.successes) == (15, 3)
    assert (policy.reset, policy.stuck) == (timedelta(seconds=60), timedelta(minutes=30))


def test_only_failures_in_a_row_open_it(database: Database) -> None:
    """A success in between starts the count again."""
    fail(database, 2)
    assert report(database, permit(database), AttemptOutcome.SUCCESS, AT_ONCE, NOON)
    fail(database, 2)
    assert state(database) == "closed"
    fail(database, 1)
    assert state(database) == "open"
    assert told(database) == ["breaker_open:publishing"]


def test_an_open_breaker_says_from_when_and_why(database: Database) -> None:
    """Until the reset nobody is let through."""
    fail(database, 3, LATER)
    wait = acquire(database, "b", LATER, NOON)
    assert isinstance(wait, Wait)
    assert timedelta(seconds=30) < wait.until - system_now() <= timedelta(seconds=60)
    assert "X is down." in wait.reason


def test_one_probe_at_a_time_and_enough_of_them_close_it(database: Database) -> None:
    """While one is out everyone else waits; two good ones in a row end the stop and both alerts."""
    fail(database, 3)
    for _ in range(2):
        probe = permit(database)
        assert probe.is_probe
        wait = acquire(database, "b", AT_ONCE, NOON)
        assert isinstance(wait, Wait)
        assert "the probe of a" in wait.reason
        assert report(database, probe, AttemptOutcome.SUCCESS, AT_ONCE, NOON)
    assert state(database) == "closed"
    assert told(database) == []
    assert history(database) == ["opened", "probe_given", "probe_given", "closed"]


def test_a_failed_probe_opens_it_again_and_the_successes_before_it_are_forgotten(database: Database) -> None:
    """Three in a row, not three in all."""
    fail(database, 3)
    for outcome in (AttemptOutcome.SUCCESS, AttemptOutcome.FAILURE, AttemptOutcome.SUCCESS):
        assert report(database, permit(database), outcome, AT_ONCE, NOON, reason="Still down.")
    assert state(database) == "half_open"
    assert history(database).count("opened") == 2


def test_a_probe_that_was_not_used_goes_to_the_next(database: Database) -> None:
    """Nothing was due: that says nothing about X."""
    fail(database, 3)
    assert report(database, permit(database, "a"), AttemptOutcome.UNUSED, AT_ONCE, NOON)
    assert permit(database, "b").is_probe


def _permit_at_last(database: Database) -> Permit | None:
    answer = acquire(database, "next", AT_ONCE, NOON)
    return answer if isinstance(answer, Permit) else None


def test_a_dead_prober_does_not_block_for_ever_and_is_not_heard_when_it_comes_back(database: Database) -> None:
    """Its lease runs out, the next one probes, and its own word counts no more."""
    short = replace(AT_ONCE, probe=timedelta(milliseconds=50))
    fail(database, 3)
    dead = permit(database, "dead", short)
    renewed = until(lambda: _permit_at_last(database), "the lease is over")
    assert renewed.fencing_token > dead.fencing_token
    for outcome in AttemptOutcome:
        assert not report(database, dead, outcome, AT_ONCE, NOON)
    assert report(database, renewed, AttemptOutcome.SUCCESS, AT_ONCE, NOON)
    assert history(database) == ["opened", "probe_given", "probe_lost", "probe_given"]


def test_a_report_under_a_permit_from_before_the_stop_changes_nothing(database: Database) -> None:
    """Neither while it is open nor after it closed again."""
    early = permit(database, "early")
    fail(database, 3)
    assert not report(database, early, AttemptOutcome.FAILURE, AT_ONCE, NOON)
    for _ in range(2):
        report(database, permit(database), AttemptOutcome.SUCCESS, AT_ONCE, NOON)
    assert not report(database, early, AttemptOutcome.FAILURE, AT_ONCE, NOON)
    assert breaker_state(database).failures == 0


def test_a_breaker_that_stays_open_is_told_again_as_critical(database: Database, database_url: str) -> None:
    """Half an hour after it opened, although probes failed in between, and whoever asks finds out."""
    fail(database, 3)
    assert not alert_if_stuck(database, AT_ONCE, NOON)
    with psycopg.connect(database_url) as connection:
        connection.execute("update xbot.breakers set stopped_at = stopped_at - interval '31 minutes'")
    probe = permit(database)
    assert told(database) == ["breaker_stuck:publishing"], "one incident, one alert"
    report(database, probe, AttemptOutcome.FAILURE, AT_ONCE, NOON)
    assert told(database) == ["breaker_stuck:publishing"]
    for _ in range(2):
        report(database, permit(database), AttemptOutcome.SUCCESS, AT_ONCE, NOON)
    assert told(database) == []


def test_a_second_stop_is_timed_from_its_own_start(database: Database, database_url: str) -> None:
    """A breaker that closed in between is not stuck."""
    fail(database, 3)
    with psycopg.connect(database_url) as connection:
        connection.execute("update xbot.breakers set stopped_at = stopped_at - interval '31 minutes'")
    for _ in range(2):
        report(database, permit(database), AttemptOutcome.SUCCESS, AT_ONCE, NOON)
    fail(database, 3)
    assert not alert_if_stuck(database, AT_ONCE, NOON)


NEW = b"""
update xbot.breakers set state = 'closed', failures = 0, successes = 0, stopped_at = null, retry_at = null,
    probe_holder = null, probe_until = null
"""
LEASE_OVER = b"update xbot.breakers set probe_until = clock_timestamp() where probe_holder is not null"
ACTIONS = ["ask", "ask", "ask", "lease over", *AttemptOutcome]
steps = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 3)), min_size=10, max_size=30)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_one_probe_is_out_at_most_and_there_is_a_way_back_to_closed(
    database: Database, database_url: str, steps: list[tuple[str, int]]
) -> None:
    """Permits reported in any order, too late or never: no state without a way out."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(NEW)
        held: list[Permit] = []
        probe: Permit | None = None
        newest: Permit | None = None
        for action, which in steps:
            if action == "lease over":
                connection.execute(LEASE_OVER)
                probe = None
            elif action == "ask":
                given_now = acquire(database, "a", EAGER, NOON)
                if isinstance(given_now, Permit):
                    held.append(given_now)
                    assert not (given_now.is_probe and probe)
                    probe = newest = given_now if given_now.is_probe else probe
            elif held:
                used = held.pop(which % len(held))
                heard = report(database, used, AttemptOutcome(action), EAGER, NOON)
                assert not (heard and used.is_probe and used != newest)
                probe = None if used == probe else probe
        connection.execute(LEASE_OVER)
    for _ in range(EAGER.successes):
        report(database, permit(database, policy=EAGER), AttemptOutcome.SUCCESS, EAGER, NOON)
    assert state(database) == "closed"


def test_an_unknown_breaker_lets_nobody_through(database: Database) -> None:
    """A missing row is a failure with a name."""
    assert code_of(lambda: acquire(database, "a", AT_ONCE, NOON, name="none")) == "no_breaker"


def test_a_transition_that_skips_a_state_cannot_be_stored(database_url: str) -> None:
    """The table's own checks."""
    for odd in (
        b"update xbot.breakers set state = 'open'",
        b"update xbot.breakers set probe_holder = 'a'",
        b"update xbot.breakers set stopped_at = now()",
    ):
        with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(odd)


def test_a_dead_prober_does_not_block_the_next_one(database: Database) -> None:
    """Its probe is free at once, the row of successes starts again, and its own late report is not heard."""
    fail(database, 3)
    dead = permit(database, "dead")
    assert isinstance(acquire(database, "next", AT_ONCE, NOON), Wait)
    assert not lose_probe(database, "somebody else")
    assert lose_probe(database, "dead")
    assert permit(database, "next").is_probe
    assert not report(database, dead, AttemptOutcome.SUCCESS, AT_ONCE, NOON)
    assert history(database)[-2:] == ["probe_lost", "probe_given"]
