"""The database's health on a real PostgreSQL: what is slow is named, what is forgotten is found, and it ends."""

from collections.abc import Iterator

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.alerts.operations import DATABASE_UNWELL
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.steps.operations.database_health import check_database, database_health
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import CONNECTION_WAIT, Database, open_database
from xbot_assets.testing.patience import until
from xbot_assets.testing.servers import SettingsFor, connected

NOWHERE = {"browser_url": "http://127.0.0.1:9", "openai_base_url": "http://127.0.0.1:9/v1"}


@pytest.fixture
def product(settings_for: SettingsFor) -> Iterator[Product]:
    """A product that asks nobody but the database."""
    settings = settings_for(browser_token=SecretStr("t"), database_leak_seconds=1, **NOWHERE)
    with open_product(settings, worker="test") as opened:
        yield opened


def told(product: Product) -> list[str]:
    """Return the reasons of the open alerts about the database."""
    return [alert.reason for alert in open_alerts(product.database) if alert.key == DATABASE_UNWELL.key]


def was_slow(database: Database, name: str, seconds: float) -> None:
    """Let a statement have taken so long, as a process that has stored its timings says."""
    database.timings.record(name, seconds)
    database.flush_timings()


def test_a_slow_statement_is_named_once_and_the_next_check_ends_the_alert(product: Product) -> None:
    """With its calls and its longest time; what was seen already is no news, what comes later is."""
    was_slow(product.database, "claim_post", 0.2)
    assert check_database(product).troubles == ()
    was_slow(product.database, "claim_post", 6.5)
    was_slow(product.database, "judged_against", 9.0)
    (trouble,) = check_database(product).troubles
    assert trouble == "2 statements were slower than 5 s: judged_against (1, up to 9.0 s), claim_post (1, up to 6.5 s)."
    assert told(product) == [trouble]
    assert check_database(product).troubles == ()
    assert told(product) == []
    was_slow(product.database, "claim_post", 7.0)
    assert "claim_post (1, up to 7.0 s)" in check_database(product).troubles[0]


def test_a_long_wait_for_a_connection_is_told_apart_from_a_slow_statement(product: Product) -> None:
    """Not the statement is at fault, but the number of connections."""
    was_slow(product.database, CONNECTION_WAIT, 5.5)
    assert check_database(product).troubles == ("1 times somebody waited longer than 5 s for a connection.",)


def test_a_wait_for_a_connection_is_counted_beside_the_statements(settings_for: SettingsFor) -> None:
    """A full pool shows where slow statements show."""
    with open_database(settings_for(database_pool_max=1, database_connect_seconds=1)) as database:
        connected(database).timings.drain()
        with database.transaction(), pytest.raises(TransientFailure):
            database.execute("lock_claims")
        assert database.timings.snapshot()[CONNECTION_WAIT].calls == 1


def test_a_forgotten_transaction_is_found_by_who_holds_it(product: Product, database_url: str) -> None:
    """Once it has been idle for longer than any of ours may."""
    with psycopg.connect(database_url, application_name="forgetful") as connection:
        connection.execute("select 1")
        assert database_health(product.database, product.settings).troubles == ()

        def troubles() -> tuple[str, ...]:
            return database_health(product.database, product.settings).troubles

        until(lambda: bool(troubles()), "the transaction counts as forgotten")
        assert "1 connections hold a transaction open and do nothing: forgetful (" in troubles()[0]
    assert database_health(product.database, product.settings).troubles == ()


def test_a_server_that_is_nearly_out_of_connections_is_told(product: Product) -> None:
    """By the share that the settings allow."""
    crowded = product.settings.model_copy(update={"database_full_share": 0.001})
    (trouble,) = database_health(product.database, crowded).troubles
    assert "connections are taken" in trouble
