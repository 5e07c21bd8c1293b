"""Alerts and their outbox on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.store.alerts import (
    Severity,
    alert,
    mark_send_failed,
    mark_sent,
    open_alerts,
    resolve_alert,
    waiting_notices,
)
from xbot_assets.store.engine.database import Database, Statements

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lost(db: Statements, severity: Severity = "warning", now: datetime = NOON, reason: str = "Gone.") -> bool:
    """Raise one alert."""
    return alert(db, key="session_lost", severity=severity, reason=reason, remedy="Log in.", now=now)


def test_an_alert_is_raised_once_and_then_counted(database: Database) -> None:
    """One open alert, one notice, however often the cause is seen; the newest words and gravest severity stay."""
    later = NOON + timedelta(minutes=1)
    assert lost(database, "critical") is True
    assert lost(database, "info", later, "Still gone.") is False
    (found,) = open_alerts(database)
    assert (found.times_seen, found.severity, found.reason) == (2, "critical", "Still gone.")
    assert (found.raised_at, found.last_seen_at) == (NOON, later)
    assert [notice.event for notice in waiting_notices(database, 10)] == ["raised"]


def test_many_at_once_raise_one_alert(database: Database) -> None:
    """Exactly one of the callers is told that it was new."""
    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(lambda _: lost(database), range(40))) == 1
    assert open_alerts(database)[0].times_seen == 40
    assert len(waiting_notices(database, 10)) == 1


def test_a_resolved_alert_can_be_raised_again(database: Database) -> None:
    """Each opening and each closing has its notice, in order."""
    lost(database)
    assert resolve_alert(database, "session_lost", NOON) is True
    assert resolve_alert(database, "session_lost", NOON) is False
    assert open_alerts(database) == []
    assert lost(database) is True
    assert [notice.event for notice in waiting_notices(database, 10)] == ["raised", "resolved", "raised"]


def test_a_notice_waits_until_a_channel_took_it(database: Database) -> None:
    """A failed attempt is counted and the notice stays; a sent one is gone, and cannot be sent twice."""
    lost(database)
    (notice,) = waiting_notices(database, 10)
    mark_send_failed(database, notice.id, "no network")
    (again,) = waiting_notices(database, 10)
    assert (again.id, again.attempts, again.key) == (notice.id, 1, "session_lost")
    assert mark_sent(database, notice.id, NOON) is True
    assert mark_sent(database, notice.id, NOON) is False
    assert waiting_notices(database, 10) == []


def test_an_alert_in_a_transaction_that_fails_was_never_raised(database: Database) -> None:
    """Neither the alert nor its notice."""

    def break_off() -> None:
        with database.transaction() as transaction:
            lost(transaction)
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert open_alerts(database) == []
    assert waiting_notices(database, 10) == []


def test_open_alerts_come_gravest_first(database: Database) -> None:
    """Then in the order they were raised."""
    severities: tuple[Severity, ...] = ("info", "critical", "warning")
    for severity in severities:
        alert(database, key=severity, severity=severity, reason="r", remedy="", now=NOON)
    assert [found.key for found in open_alerts(database)] == ["critical", "warning", "info"]
