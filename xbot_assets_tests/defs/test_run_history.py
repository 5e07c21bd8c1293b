"""Purging Dagster's history on a real instance: old runs go with all their traces, what is latest stays."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from xbot_assets.defs.instance.run_history import HistoryLimits, HistoryPurged, latest_runs, purge_history
from xbot_assets.domain.clock import system_now
from xbot_assets.steps.operations.retention import purge
from xbot_assets.steps.product import Product
from xbot_assets.store.operations.retention import table_sizes

TABLES = ("runs", "run_tags", "event_logs", "asset_check_executions")

OPERATIONS = (
    "insert into browser_operations (id, kind, lane, queued_at, requested_at) "
    "select gen_random_uuid(), 'publish', 'critical', now() - interval '40 days', now() - interval '40 days' "
    "from generate_series(1, 1000)"
)


@dg.asset
def made() -> None:
    """Make nothing."""


@dg.asset
def made_once() -> None:
    """Make nothing, once."""


@dg.asset_check(asset=made)
def is_made() -> dg.AssetCheckResult:
    """Pass."""
    return dg.AssetCheckResult(passed=True)


DEFINITIONS = dg.Definitions(
    [made, made_once],
    asset_checks=[is_made],
    jobs=[dg.define_asset_job("make", selection=["made"]), dg.define_asset_job("make_once", selection=["made_once"])],
)


def run(instance: dg.DagsterInstance, job: str = "make") -> str:
    """Run a job in this process and return its id."""
    done = DEFINITIONS.resolve_job_def(job).execute_in_process(instance=instance, tags={"by": "test"})
    assert done.success
    return done.run_id


def limits(*, age: timedelta = timedelta(0), runs_max: int = 1000, deleted_max: int = 1000) -> HistoryLimits:
    """Return limits by which everything until now is old."""
    now = system_now() + timedelta(seconds=5)
    return HistoryLimits(now - age, now, runs_max, deleted_max)


def counts(database_url: str) -> dict[str, int]:
    """Count the rows of Dagster's tables."""
    with psycopg.connect(database_url, options="-c search_path=dagster") as connection:
        rows = {}
        for table in TABLES:
            row = connection.execute(f"select count(*) from {table}".encode()).fetchone()  # noqa: S608 - our names
            rows[table] = int(row[0]) if row else 0
    return rows


def test_old_runs_go_with_everything_that_they_left(instance: dg.DagsterInstance, database_url: str) -> None:
    """Events, tags, results of checks and captured output of the older; the latest of each asset stays whole."""
    once, first = run(instance, "make_once"), run(instance)
    captured = Path(instance.storage_directory()) / first
    captured.mkdir(parents=True, exist_ok=True)
    (captured / "out").write_text("said")
    alone = counts(database_url)
    last = run(instance)
    assert purge_history(instance, limits()) == HistoryPurged(runs=1, check_results=1)
    assert counts(database_url) == alone
    assert {one.run_id for one in instance.get_runs()} == {once, last}
    assert not captured.exists()
    event = instance.get_latest_materialization_event(dg.AssetKey("made"))
    assert event is not None
    assert event.run_id == last
    assert latest_runs(instance) == {once, last}


@pytest.mark.soak
def test_sizes_stay_flat_through_many_rounds_of_runs_and_purges(
    instance: dg.DagsterInstance, product: Product, database_url: str
) -> None:
    """Rounds of a hundred runs and a thousand operations: after the second purge no table of either kind grows on."""
    sizes: list[dict[str, int]] = []
    for _ in range(6):
        for _ in range(100):
            run(instance)
        with psycopg.connect(database_url, autocommit=True, options="-c search_path=xbot") as connection:
            connection.execute(OPERATIONS)
            purge_history(instance, limits(age=timedelta(hours=1), runs_max=50))
            purge(product)
            connection.execute("vacuum")
            sizes.append({size.name: size.bytes for size in table_sizes(product.database)})
    for table in ("dagster.event_logs", "dagster.runs", "dagster.asset_check_executions", "xbot.browser_operations"):
        course = [size[table] for size in sizes]
        assert max(course[3:]) <= 1.1 * course[2], (table, course)


def test_young_runs_and_those_in_progress_stay(instance: dg.DagsterInstance) -> None:
    """Whatever their number, as long as it is within the bound."""
    run(instance)
    run(instance)
    instance.create_run_for_job(DEFINITIONS.resolve_job_def("make"))
    assert purge_history(instance, limits(age=timedelta(hours=1))) == HistoryPurged(0, 0)
    assert instance.get_runs_count() == 3


def test_more_runs_than_the_bound_are_purged_oldest_first(instance: dg.DagsterInstance) -> None:
    """However young they are, and no more at once than allowed."""
    runs = [run(instance) for _ in range(5)]
    assert purge_history(instance, limits(age=timedelta(hours=1), runs_max=2, deleted_max=2)).runs == 2
    assert {one.run_id for one in instance.get_runs()} == set(runs[2:])
    assert purge_history(instance, limits(age=timedelta(hours=1), runs_max=2)).runs == 1
