"""What ticks and Dagster's storage keep open: used again, renewed when it must be, and never in the way."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from dagster._core.instance.ref import InstanceRef

from xbot_assets.defs.ticks import SharedProduct
from xbot_assets.settings import CHECKOUT, Settings
from xbot_assets.steps.product import Product

CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""
TICKS = 5


@pytest.fixture
def shared(product: Product, tmp_path: Path) -> Iterator[SharedProduct]:
    """What the ticks of a process share, with a data directory of its own."""
    opened = SharedProduct(lambda: product.settings.model_copy(update={"home": tmp_path / ".xbot"}))
    yield opened
    opened.close()


def cut_all(database_url: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(CUT)


def lent(shared: SharedProduct) -> Product:
    """Look at what a tick gets, and let it ask the database."""
    with shared.lent() as product:
        product.database.fetch_one("database_answers")
        return product


def test_ticks_share_one_product(shared: SharedProduct) -> None:
    """Nothing is opened again for the second."""
    assert lent(shared) is lent(shared)


def test_a_new_start_of_the_parts_gives_ticks_a_new_product(shared: SharedProduct) -> None:
    """The addresses may be others."""
    first = lent(shared)
    first.settings.home.mkdir()
    first.settings.parts_file.write_text("{}")
    second = lent(shared)
    assert second is not first
    assert lent(shared) is second


def test_a_database_that_was_away_costs_no_tick_after_it_is_back(shared: SharedProduct, database_url: str) -> None:
    """A connection is tried before it is lent."""
    first = lent(shared)
    cut_all(database_url)
    assert lent(shared) is first


def test_dagster_s_instances_of_a_process_share_a_connection(
    instance: dg.DagsterInstance, database_url: str, tmp_path: Path
) -> None:
    """One is made for every tick: it neither connects nor looks for tables again, and a cut is not noticed."""
    reference = InstanceRef.from_dir(str(tmp_path), config_dir=str(CHECKOUT))
    assert instance.get_runs_count() == 0
    with psycopg.connect(database_url, autocommit=True) as connection:
        ours = connection.info.backend_pid
        before = _backends(connection, ours)
        for _ in range(TICKS):
            with dg.DagsterInstance.from_ref(reference) as another:
                assert another.get_runs_count() == 0
        assert _backends(connection, ours) == before
        connection.execute(CUT)
    assert instance.get_runs_count() == 0


def _backends(connection: psycopg.Connection[tuple[object, ...]], ours: int) -> set[object]:
    """Return the server processes of every other connection to this database."""
    rows = connection.execute(
        "select pid from pg_stat_activity where datname = current_database() and pid <> %s", [ours]
    ).fetchall()
    return {row[0] for row in rows}


def test_the_settings_of_ticks_keep_few_connections(shared: SharedProduct) -> None:
    """Ticks come one after the other, or nearly."""
    assert lent(shared).settings.database_pool_max < Settings().database_pool_max
