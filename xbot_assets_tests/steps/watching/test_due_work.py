"""Work that is due and not done: told after its time, ended with the work, and never for work that has to wait."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from xbot_assets.build import build_defs
from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.breaker import AttemptOutcome
from xbot_assets.steps.account.publishing_hold import hold_publishing
from xbot_assets.steps.metrics.page_watch import READING
from xbot_assets.steps.operations.rhythms import RHYTHMS, Asked, Rhythm
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.watching.due_work import PUBLISH, DueWork, Watched
from xbot_assets.steps.watching.schedule_waits import WAITS
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.clock import DatabaseClock, set_line
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.breaker import acquire, report
from xbot_assets.testing.queueing import NOON, armed, claim, finish_published, new_post, queue
from xbot_assets.testing.servers import SettingsFor

MINUTE = 60.0
SILENT = "silent:publish_when_due"


@pytest.fixture
def watched(database: Database, settings_for: SettingsFor) -> Watched:
    """An account at noon, on a clock that stands."""
    set_line(database, ClockLine(system_now(), NOON, 0.000001))
    settings, clock = settings_for(approval="off", harvest="off"), DatabaseClock(database)
    return Watched(settings, database, clock, Account(settings, database, clock, "watch"))


def told(watched: Watched, work: DueWork, minutes: float) -> dict[str, str]:
    """Look at that minute of real time; return what is open then."""
    work.look(watched, minutes * MINUTE)
    return {alert.key: alert.severity for alert in open_alerts(watched.database)}


def test_every_question_is_that_of_a_schedule_or_sensor() -> None:
    """A renamed one is found here."""
    repository = build_defs().get_repository_def()
    names = {one.name for one in repository.schedule_defs} | {one.name for one in repository.sensor_defs}
    assert {*WAITS, PUBLISH} <= names & set(RHYTHMS)


def test_posting_that_has_work_for_half_an_hour_is_silent_until_a_post_is_taken(watched: Watched) -> None:
    """The first is in hand then, and the second waits for its turn."""
    queue(watched.database, "The sea is salt.", "The sea is deep.")
    work = DueWork()
    assert told(watched, work, 0) == {}
    assert SILENT not in told(watched, work, 29)
    assert told(watched, work, 31)[SILENT] == "critical"
    assert claim(watched.database) is not None
    assert SILENT not in told(watched, work, 32)


def test_posting_that_has_to_wait_is_not_silent(watched: Watched) -> None:
    """A hold has an alert of its own."""
    queue(watched.database, "The sea is salt.")
    with watched.database.transaction() as transaction:
        hold_publishing(transaction, PermanentFailure("Locked.", code=FailureCode.LOCKED), NOON)
    work = DueWork()
    told(watched, work, 0)
    assert SILENT not in told(watched, work, 100)


def test_planning_is_told_as_critical_and_other_work_as_missed_at_half_its_interval(watched: Watched) -> None:
    """Nothing was ever planned or checked here: both are due. A session is looked at each ten minutes."""
    work = DueWork()
    assert told(watched, work, 0) == {}
    assert told(watched, work, 9) == {}
    assert told(watched, work, 11) == {"missed_run:check_session_when_due": "warning"}
    assert told(watched, work, 31)["silent:plan_when_due"] == "critical"
    posts.enqueue_posts(watched.database, [new_post("Later.", NOON + timedelta(hours=3))], NOON)
    assert "silent:plan_when_due" not in told(watched, work, 32)


def test_trouble_that_is_told_already_begins_the_count_anew(watched: Watched) -> None:
    """A part that was away explains why nothing was done."""
    work = DueWork()
    told(watched, work, 0)
    work.forget()
    assert told(watched, work, 31) == {}
    assert "silent:plan_when_due" in told(watched, work, 62)


def test_reading_that_waits_for_its_probe_is_not_missed(watched: Watched) -> None:
    """X's page has changed: the schedule of readings waits, which an alert of its own says, and so does the watch."""
    finish_published(watched.database, armed(watched.database), NOON)
    set_line(watched.database, ClockLine(system_now(), NOON + timedelta(days=1), 0.000001))
    measured, work = "missed_run:measure_when_due", DueWork()
    told(watched, work, 0)
    assert measured in told(watched, work, 100)
    policy = watched.settings.breaker_policy
    for _ in range(policy.failures):
        permit = acquire(watched.database, "w", policy, NOON, name=READING)
        assert not isinstance(permit, Wait)
        report(watched.database, permit, AttemptOutcome.FAILURE, policy, NOON, reason="No numbers.")
    assert measured not in told(watched, work, 200)


def test_a_look_asks_each_due_rhythm_once_and_no_other(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is several readings of the database, once a minute for as long as a stack runs."""
    asked = Counter[str]()

    def counted(name: str, rhythm: Callable[[Asked], Rhythm]) -> Callable[[Asked], Rhythm]:
        def ask(of: Asked) -> Rhythm:
            asked[name] += 1
            return rhythm(of)

        return ask

    every = {name: counted(name, rhythm) for name, rhythm in RHYTHMS.items()}
    monkeypatch.setattr("xbot_assets.steps.watching.due_work.RHYTHMS", every)
    DueWork().look(watched, 0.0)
    due = {name for name, wait in WAITS.items() if wait(watched) is None}
    assert "plan_when_due" in due
    assert asked == dict.fromkeys(due, 1)
