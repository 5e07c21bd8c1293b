"""Holds of publishing on a real PostgreSQL: rows of their own, which no alert's end lifts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy

import psycopg
import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr

import xbot_assets.store
from xbot_assets.domain.alerts.account import PUBLISHING_HOLD
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.steps.account.publishing_hold import (
    hold_publishing,
    refuse_while_held,
    resume_publishing,
)
from xbot_assets.store.account.publishing_holds import hold_reason, open_holds
from xbot_assets.store.alerts import acknowledge_alert, open_alerts, resolve_alert
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.operations.alert_deliveries import notices_for

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
LOCKED = "X has locked the account."
MIGRATIONS = Path(xbot_assets.store.__file__).parent / "migrations"
FIRST_WITH_HOLDS = 13


def locked() -> PermanentFailure:
    """Return a failure of the account."""
    return PermanentFailure(LOCKED, code=FailureCode.LOCKED, remedy="Unlock it on X.")


def hold(db: Database, failure: PermanentFailure, now: datetime = NOON) -> None:
    """Hold publishing for a failure."""
    with db.transaction() as transaction:
        hold_publishing(transaction, failure, now)


def stored(url: str) -> list[dict[str, object]]:
    """Return every hold there ever was."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute("select * from xbot.publishing_holds order by id").fetchall()


def test_closing_the_alert_of_a_hold_leaves_the_hold(database: Database) -> None:
    """Whether the system closed it or a person said that they had read it."""
    hold(database, locked())
    acknowledge_alert(database, "account:locked", "olga", NOON)
    assert open_alerts(database) == []
    assert hold_reason(database) == f"Publishing is on hold: {LOCKED}"
    hold(database, locked(), LATER)
    assert resolve_alert(database, PUBLISHING_HOLD, LATER, code=FailureCode.LOCKED)
    with pytest.raises(PermanentFailure, match="on hold") as caught:
        refuse_while_held(database)
    assert caught.value.told_by == "account:locked"


def test_a_hold_that_is_seen_again_keeps_its_beginning_and_has_one_alert(database: Database) -> None:
    """The newer words count."""
    hold(database, locked())
    hold(database, PermanentFailure("Still locked.", code=FailureCode.LOCKED), LATER)
    assert [(held.since, held.reason) for held in open_holds(database)] == [(NOON, "Still locked.")]
    assert [told.times_seen for told in open_alerts(database)] == [2]


def test_resuming_lifts_every_hold_and_keeps_who_did_it_and_how(database: Database, database_url: str) -> None:
    """The alerts end with them, each with its notice; a second time there is nothing to lift."""
    hold(database, locked())
    hold(database, PermanentFailure("Logged out.", code=FailureCode.LOGGED_OUT))
    assert {lifted.code for lifted in resume_publishing(database, "olga", LATER)} == {"locked", "logged_out"}
    assert hold_reason(database) is None
    assert open_alerts(database) == []
    assert [row["lifted_at"] for row in stored(database_url)] == [LATER, LATER]
    assert {(row["lifted_by"], row["lifted_how"]) for row in stored(database_url)} == {("olga", "resumed")}
    assert [notice.event for notice in notices_for(database, "a channel", 9)] == [
        "raised",
        "raised",
        "resolved",
        "resolved",
    ]
    assert resume_publishing(database, "olga", LATER) == ()


def test_a_hold_and_its_alert_are_stored_together_or_not_at_all(database: Database) -> None:
    """A hold that nobody hears of would be a standstill in silence."""

    def break_off() -> None:
        with database.transaction() as transaction:
            hold_publishing(transaction, locked(), NOON)
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert open_holds(database) == []
    assert open_alerts(database) == []


def test_a_database_whose_holds_were_alerts_keeps_them_as_holds(empty_database_url: str, tmp_path: Path) -> None:
    """An open alert becomes a hold with its own beginning; one that had ended holds nothing; what is told is told."""
    before = tmp_path / "before"
    before.mkdir()
    for file in MIGRATIONS.glob("*.sql"):
        if int(file.name[:4]) < FIRST_WITH_HOLDS:
            copy(file, before)
    settings = Settings(home=tmp_path, database_url=SecretStr(empty_database_url))
    migrate(settings, before)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(
            """
            insert into xbot.alerts (key, severity, reason, remedy, raised_at, last_seen_at, resolved_at) values
                ('account:locked', 'critical', 'Publishing is on hold: X has locked the account.',
                    'Unlock it on X. Then run ''xbot resume''.', %(noon)s, %(noon)s, null),
                ('account:looks_automated', 'critical', 'Publishing is on hold: Too automatic.',
                    'Then run ''xbot resume''.', %(later)s, %(later)s, null),
                ('account:suspended', 'critical', 'Over.', '', %(noon)s, %(noon)s, %(noon)s),
                ('pace:looks_automated', 'critical', 'X says so.', '', %(later)s, %(later)s, null),
                ('cannot_write', 'critical', 'No key.', '', %(noon)s, %(noon)s, null)
            """,
            {"noon": NOON, "later": LATER},
        )
    migrate(settings)
    with open_database(settings) as db:
        assert {held.code: (held.reason, held.remedy, held.since) for held in open_holds(db)} == {
            "locked": (LOCKED, "Unlock it on X.", NOON),
            "looks_automated": ("Too automatic.", "", LATER),
        }
        assert hold_reason(db) == f"Publishing is on hold: {LOCKED}"
        told = {alert.key for alert in open_alerts(db)}
        assert told == {"account:locked", "account:looks_automated", "cannot_write"}
        assert len(resume_publishing(db, "olga", LATER)) == 2
        assert [alert.key for alert in open_alerts(db)] == ["cannot_write"]
