"""A PostgreSQL that is killed or gone: typed failures, nothing lost, and use again when it is back."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.failures import TransientFailure, UnknownOutcome
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert, open_alerts
from xbot_assets.store.clock import DatabaseClock, set_line
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.servers import connected, running_postgres, with_database
from xbot_assets_tests.store.an_alert import SOMETHING

NOW = system_now()
UNHURRIED = 60
"""Seconds to wait for a connection, where no test sees them run out."""


def raise_one(db: Database, key: str = "k") -> bool:
    """Store something: an alert is the simplest row there is."""
    return alert(db, SOMETHING, now=NOW, key=key)


def kill(postgres: EmbeddedPostgres) -> None:
    """End the server as a power cut would."""
    os.kill(int((postgres.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


def kill_during_transaction(db: Database, postgres: EmbeddedPostgres) -> None:
    """Go on asking in one transaction while the server is killed."""
    with db.transaction() as transaction:
        kill(postgres)
        while transaction.fetch_one("database_answers"):
            pass


def backend_that_waits(connection: psycopg.Connection[tuple[int]]) -> int:
    """Return the server process that waits for a lock, as soon as there is one."""
    while True:
        waiting = connection.execute("select pid from pg_stat_activity where wait_event_type = 'Lock'").fetchone()
        if waiting is not None:
            return waiting[0]


def until_it_answers(db: Database) -> None:
    """Poll with changes, which are not tried again by themselves, until one succeeds."""
    until(lambda: _changes(db), "the database is back")


def _changes(db: Database) -> bool:
    try:
        db.execute("clear_clock_line")
    except (TransientFailure, UnknownOutcome):
        return False
    return True


@pytest.fixture
def own_settings(tmp_path: Path) -> Settings:
    """Settings of a stack of one's own, on a long path with spaces."""
    return Settings(home=tmp_path / "a home with spaces" / ("deep" * 30), database_connect_seconds=1)


def at(settings: Settings, postgres: EmbeddedPostgres) -> Settings:
    """Point the settings at a server, and migrate it without their hurry."""
    url = {"database_url": SecretStr(postgres.url())}
    migrate(settings.model_copy(update=url | {"database_connect_seconds": UNHURRIED}))
    return settings.model_copy(update=url)


def test_a_database_killed_under_us_fails_typed_and_keeps_its_data(own_settings: Settings) -> None:
    """SIGKILL: the statement under way is a typed failure; restarted, the same object works and nothing is lost."""
    with running_postgres(own_settings.home) as postgres, open_database(at(own_settings, postgres)) as db:
        connected(db)
        raise_one(db)
        with pytest.raises(TransientFailure) as caught:
            kill_during_transaction(db, postgres)
        assert caught.value.code == "database_unreachable"
        until_it_answers(db)
        assert [opened.key for opened in open_alerts(db)] == ["k"]


def test_a_change_whose_answer_was_lost_is_in_doubt_not_failed(own_settings: Settings) -> None:
    """The connection breaks while a change runs: it may have been stored, and the failure says so."""
    with running_postgres(own_settings.home) as postgres, open_database(at(own_settings, postgres)) as db:
        connected(db)
        other = psycopg.connect(with_database(postgres.admin_url(), "xbot"))
        other.execute("lock table xbot.product_clock")
        with ThreadPoolExecutor(1) as worker:
            change = worker.submit(db.execute, "clear_clock_line")
            os.kill(backend_that_waits(other), signal.SIGKILL)
            with pytest.raises(UnknownOutcome) as caught:
                change.result(timeout=PATIENCE)
        other.close()
        assert caught.value.code == "write_in_doubt"


def test_a_database_that_is_gone_is_a_typed_failure_for_reads_and_changes(own_settings: Settings) -> None:
    """Within the time for a connection, however many attempts that allows; closing does not hang."""
    with running_postgres(own_settings.home) as postgres:
        db = connected(open_database(at(own_settings, postgres)))
    for action in (open_alerts, raise_one):
        with pytest.raises(TransientFailure) as caught:
            action(db)
        assert caught.value.code == "database_unreachable"
    db.close()


def test_a_running_clock_outlives_its_database_but_cannot_start_without_it(
    own_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes on along the last line, and says so; one that never knew a line cannot tell the time."""
    with running_postgres(own_settings.home) as postgres:
        db = connected(open_database(at(own_settings, postgres)))
        line = ClockLine(NOW, NOW + timedelta(days=300))
        set_line(db, line)
        clock = DatabaseClock(db)
        clock.now()
    until(
        lambda: clock.now() >= line.product_anchor and "goes on along its last line" in caplog.text,
        "the clock says that it goes on",
    )
    with pytest.raises(TransientFailure):
        DatabaseClock(db).now()
    db.close()
