"""The one way into PostgreSQL: named statements, transactions, timings, typed failures, an outage."""

import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert, open_alerts
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.statements import load_statements, product_statements
from xbot_assets.testing.servers import SettingsFor, connected, with_database
from xbot_assets_tests.store.an_alert import SOMETHING
from xbot_assets_tests.store.engine.typed_rows import prepare

SECRET = "hunter2-%s"  # noqa: S105 - the test looks for it where it must not be
NOW = system_now()


def raise_one(db: Database, key: str = "k") -> bool:
    """Store something: an alert is the simplest row there is."""
    return alert(db, SOMETHING, now=NOW, key=key)


def refused(settings: Settings) -> ProductError:
    """Return the failure with which opening ends, after checking that nobody was told the password."""
    with pytest.raises(ProductError) as caught:
        open_database(settings)
    told = "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in told
    return caught.value


def test_every_statement_has_a_name_a_comment_and_parses(database_url: str) -> None:
    """PostgreSQL itself prepares each one, so a typing error cannot wait for its day."""
    with psycopg.connect(database_url, autocommit=True, options="-c search_path=xbot") as connection:
        for statement in product_statements().values():
            prepare(connection, statement)
            assert statement.about


def test_an_unknown_statement_is_an_error_at_the_call(database: Database) -> None:
    """Not an empty answer."""
    with pytest.raises(PermanentFailure) as caught:
        database.fetch_all("no_such_statement")
    assert caught.value.code == "unknown_statement"


@pytest.mark.parametrize(
    "content",
    [
        "-- name: a\n-- One.\nselect 1;\n-- name: a\n-- Two.\nselect 2;\n",
        "-- name: a\nselect 1;\n",
        "-- name: a\n-- A.\n",
    ],
)
def test_a_statement_file_with_repeated_or_bare_names_does_not_load(tmp_path: Path, content: str) -> None:
    """A name used twice, without its comment line, or without SQL."""
    (tmp_path / "bad.sql").write_text(content)
    with pytest.raises(PermanentFailure) as caught:
        load_statements(tmp_path)
    assert caught.value.code == "bad_sql_file"


def test_statements_that_change_something_are_not_taken_for_reads() -> None:
    """Only reads are tried again by themselves."""
    statements = product_statements()
    assert not any(
        statements[name].reads for name in ("claim_post", "lock_due_post", "lock_claims", "raise_alert", "record_look")
    )
    assert all(statements[name].reads for name in ("open_alerts", "recent_posts", "claim_ran_out"))


def test_times_come_back_in_utc_and_rows_as_dictionaries(database: Database) -> None:
    """Whatever the server's own zone is."""
    raise_one(database)
    (opened,) = open_alerts(database)
    assert opened.raised_at == NOW
    assert opened.raised_at.utcoffset() is not None


def test_a_transaction_is_stored_whole_or_not_at_all(database: Database) -> None:
    """An exception in the block undoes what was done in it."""

    def break_off() -> None:
        with database.transaction() as transaction:
            transaction.execute("set_clock_line", real_anchor=NOW, product_anchor=NOW, rate=2.0)
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert database.fetch_one("read_clock_line") is None
    with database.transaction() as transaction:
        transaction.execute("set_clock_line", real_anchor=NOW, product_anchor=NOW, rate=2.0)
    assert database.fetch_one("read_clock_line") is not None


def test_a_failure_inside_a_transaction_is_typed_too(database: Database) -> None:
    """The driver's exception does not get out."""
    with pytest.raises(PermanentFailure) as caught, database.transaction() as transaction:
        transaction.execute("set_clock_line", real_anchor=NOW, product_anchor=NOW, rate=-1)
    assert caught.value.code == "integrity"


def test_timings_of_each_statement_are_stored_when_the_database_is_closed(settings_for: SettingsFor) -> None:
    """Several processes of one day add up."""
    for _ in range(2):
        with open_database(settings_for()) as db:
            raise_one(db)
            db.fetch_all("open_alerts")
    with open_database(settings_for()) as db:
        rows = {row["name"]: row for row in db.fetch_all("statement_timings_since", day=system_now().date())}
    assert rows["open_alerts"]["calls"] == 2
    assert rows["raise_alert"]["total_ms"] >= rows["raise_alert"]["max_ms"] > 0


def test_a_slow_statement_is_logged_by_name(settings_for: SettingsFor, caplog: pytest.LogCaptureFixture) -> None:
    """And counted as slow."""
    with open_database(settings_for(slow_query_seconds=1e-9)) as db, caplog.at_level(logging.WARNING):
        db.fetch_all("open_alerts")
        assert db.timings.snapshot()["open_alerts"].slow_calls == 1
    assert "slow statement open_alerts" in caplog.text


def test_a_full_pool_is_a_typed_failure_and_shows_in_the_statistics(settings_for: SettingsFor) -> None:
    """The eleventh of ten waits, then is told that the database is busy; nothing leaks."""
    with open_database(settings_for(database_pool_max=1, database_connect_seconds=1)) as db:
        waited = connected(db).statistics().requests_waited
        with db.transaction() as transaction:
            transaction.fetch_one("database_answers")
            assert db.statistics().in_use == 1
            with pytest.raises(TransientFailure) as caught:
                db.execute("clear_clock_line")
        assert caught.value.code == "database_busy"
        assert db.statistics().in_use == 0
        assert db.statistics().requests_waited > waited
        assert db.fetch_one("database_answers") == {"one": 1}


def test_many_threads_share_the_pool(database: Database) -> None:
    """Never more connections than the pool's limit."""
    with ThreadPoolExecutor(30) as crowd:
        answers = list(crowd.map(lambda _: database.fetch_one("database_answers"), range(200)))
    assert answers == [{"one": 1}] * 200
    assert database.statistics().size <= database.statistics().size_max == 10


END_THE_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""


def test_a_block_on_one_connection_borrows_it_once_and_other_threads_their_own(database: Database) -> None:
    """Each loan costs a question whether the connection still lives."""
    before = database.statistics().requests
    with database.one_connection():
        for _ in range(20):
            database.fetch_one("database_answers")
        with database.transaction() as transaction:
            transaction.fetch_one("database_answers")
        assert database.statistics().requests == before + 1
        with ThreadPoolExecutor(1) as other:
            other.submit(database.fetch_one, "database_answers").result()
        assert database.statistics().requests == before + 2
        assert database.statistics().in_use == 1
    database.fetch_one("database_answers")
    assert database.statistics().requests == before + 3
    assert database.statistics().in_use == 0


def test_a_block_whose_connection_breaks_goes_on_with_another(database: Database, database_url: str) -> None:
    """A read is tried again, as without a block; afterwards nothing is kept."""
    with database.one_connection():
        assert database.fetch_one("database_answers") == {"one": 1}
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute(END_THE_OTHERS)
        assert database.fetch_one("database_answers") == {"one": 1}
        assert raise_one(database)
    assert [opened.key for opened in open_alerts(database)] == ["k"]


def test_a_closed_database_says_so(settings_for: SettingsFor) -> None:
    """And closing twice is harmless."""
    db = open_database(settings_for())
    db.close()
    db.close()
    with pytest.raises(PermanentFailure) as caught:
        db.fetch_one("database_answers")
    assert caught.value.code == "database_closed"


def test_without_an_address_the_remedy_is_to_start_the_parts(tmp_path: Path) -> None:
    """The usual mistake of a first day."""
    failure = refused(Settings(home=tmp_path))
    assert (failure.code, "scripts/run" in failure.remedy) == ("no_database", True)


def test_an_unreachable_database_is_a_transient_failure(tmp_path: Path) -> None:
    """The address is right in form, and nobody answers."""
    port = PortBook(tmp_path).port_for("nobody")
    failure = refused(Settings(database_url=SecretStr(f"postgresql://me:{SECRET % 1}@127.0.0.1:{port}/xbot")))
    assert (type(failure), failure.code) == (TransientFailure, "database_unreachable")


def test_a_wrong_password_is_named_as_such_and_never_printed(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the right one nor the wrong one, in no message, chained exception or log line."""
    right = urlsplit(database_url).password or ""
    with caplog.at_level(logging.DEBUG):
        failure = refused(Settings(database_url=SecretStr(database_url.replace(right, SECRET % 2))))
    assert (type(failure), failure.code) == (PermanentFailure, "database_auth")
    assert "hunter2" not in caplog.text
    assert right not in str(failure)


def test_a_missing_database_is_named_as_such(postgres: EmbeddedPostgres) -> None:
    """The server answers, the database is not there."""
    failure = refused(Settings(database_url=SecretStr(with_database(postgres.url(), "nowhere"))))
    assert failure.code == "database_missing"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:{SECRET % 3}@[::1/xbot",
        f"password={SECRET % 4} oops",
        "mysql://x",
        "postgresql://me:a@hunter2@127.0.0.1/x",
        "postgresql://me:hunter2/b@127.0.0.1/x",
        "postgresql://me:1/hunter2@127.0.0.1/x",
    ],
)
def test_a_malformed_address_is_refused_without_repeating_it(url: str) -> None:
    """The driver's own message would quote the password."""
    assert refused(Settings(database_url=SecretStr(url))).code == "bad_database_url"
