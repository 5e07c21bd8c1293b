"""Alerts and their outbox on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from xbot_assets.domain.alerts.entry import ACKNOWLEDGED, AlertEntry, Severity
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.store.alerts import (
    acknowledge_alert,
    alert,
    open_alerts,
    resolve_alert,
    resolve_every,
)
from xbot_assets.store.engine.database import Database, Statements
from xbot_assets.store.operations.alert_deliveries import notices_for

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOST = AlertEntry(
    title="The session is lost",
    key="session_lost",
    severity="warning",
    sentence="{reason}",
    remedy="Log in.",
    meaning="None.",
    ends=ACKNOWLEDGED,
)


def lost(db: Statements, severity: Severity = "warning", now: datetime = NOON, reason: str = "Gone.") -> bool:
    """Raise one alert."""
    return alert(db, replace(LOST, severity=severity), now=now, reason=reason)


def test_an_alert_is_raised_once_and_then_counted(database: Database) -> None:
    """One open alert, one notice, however often the cause is seen; the newest words and gravest severity stay."""
    later = NOON + timedelta(minutes=1)
    assert lost(database, "critical") is True
    assert lost(database, "info", later, "Still gone.") is False
    (opened,) = open_alerts(database)
    assert (opened.times_seen, opened.severity, opened.reason) == (2, "critical", "Still gone.")
    assert (opened.raised_at, opened.last_seen_at) == (NOON, later)
    assert [notice.event for notice in notices_for(database, "a channel", 10)] == ["raised"]


def test_many_at_once_raise_one_alert(database: Database) -> None:
    """Exactly one of the callers is told that it was new."""
    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(lambda _: lost(database), range(40))) == 1
    assert open_alerts(database)[0].times_seen == 40
    assert len(notices_for(database, "a channel", 10)) == 1


def test_a_resolved_alert_can_be_raised_again(database: Database) -> None:
    """Each opening and each closing has its notice, in order."""
    lost(database)
    assert resolve_alert(database, LOST, NOON) is True
    assert resolve_alert(database, LOST, NOON) is False
    assert open_alerts(database) == []
    assert lost(database) is True
    assert [notice.event for notice in notices_for(database, "a channel", 10)] == ["raised", "resolved", "raised"]


def test_an_alert_in_a_transaction_that_fails_was_never_raised(database: Database) -> None:
    """Neither the alert nor its notice."""

    def break_off() -> None:
        with database.transaction() as transaction:
            lost(transaction)
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert open_alerts(database) == []
    assert notices_for(database, "a channel", 10) == []


def test_open_alerts_come_gravest_first(database: Database) -> None:
    """Then in the order they were raised."""
    severities: tuple[Severity, ...] = ("info", "critical", "warning")
    for severity in severities:
        alert(database, replace(LOST, key=severity, severity=severity), now=NOON, reason="r")
    assert [entry.key for entry in open_alerts(database)] == ["critical", "warning", "info"]


def test_a_look_that_is_not_counted_raises_once_and_leaves_an_open_alert_as_it_is(database: Database) -> None:
    """For what is looked at every few seconds."""
    assert alert(database, LOST, now=NOON, counted=False, reason="Gone.") is True
    assert alert(database, LOST, now=NOON + timedelta(hours=1), counted=False, reason="Still gone.") is False
    (told,) = open_alerts(database)
    assert (told.reason, told.times_seen, told.last_seen_at) == ("Gone.", 1, NOON)
    assert [notice.event for notice in notices_for(database, "a channel", 10)] == ["raised"]


def test_a_person_who_acknowledges_an_alert_closes_it_and_is_kept(database: Database, database_url: str) -> None:
    """With a notice, like every end; what is not open cannot be acknowledged."""
    lost(database)
    acknowledge_alert(database, "session_lost", "olga", NOON)
    assert open_alerts(database) == []
    with psycopg.connect(database_url) as connection:
        kept = connection.execute("select acknowledged_by, resolved_at from xbot.alerts").fetchall()
    assert kept == [("olga", NOON)]
    assert [notice.event for notice in notices_for(database, "a channel", 10)] == ["raised", "resolved"]
    with pytest.raises(PermanentFailure) as caught:
        acknowledge_alert(database, "session_lost", "olga", NOON)
    assert caught.value.code == "no_such_alert"
    assert lost(database) is True, "the cause was seen again"


def test_all_alerts_of_an_entry_end_together_and_no_other_does(database: Database) -> None:
    """Their keys share the entry's beginning."""
    many = replace(LOST, key="session_lost:{name}")
    for name in ("one", "two"):
        alert(database, many, now=NOON, name=name, reason="r")
    lost(database)
    assert resolve_every(database, many, NOON) == 2
    assert [each.key for each in open_alerts(database)] == ["session_lost"]


def test_a_failure_that_an_alert_tells_of_is_marked_with_its_key(database: Database) -> None:
    """Whoever sees it later joins that alert."""
    failure = PermanentFailure("Gone.", code=FailureCode.REFUSED)
    alert(database, LOST, now=NOON, cause=failure, reason=failure.reason)
    assert failure.told_by == "session_lost"
