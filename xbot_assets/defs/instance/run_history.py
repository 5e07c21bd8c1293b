"""Purging Dagster's own history: finished runs with their events, their captured output, and results of checks.

Dagster purges ticks by itself (``retention`` in ``dagster.yaml``); runs and events it keeps for ever. A run that holds
the latest materialization of an asset, or the latest result of a check, is kept, however old: without it the asset
would look as if it had never been made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import dagster as dg
import sqlalchemy
from dagster import DagsterRunStatus, RunsFilter

from xbot_assets.defs.instance.dagster_internals import AssetCheckExecutionsTable, SqlEventLogStorage

FINISHED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
RUNS_AT_ONCE = 100
"""Runs that are asked for at once; each is deleted by itself, in some 5 ms."""


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """What is kept of Dagster's history.

    Attributes:
        before: runs that were created before this real time are old.
        young_after: runs that were created after this real time stay, however many there are.
        runs_max: most finished runs that are kept.
        deleted_max: most runs deleted now.
    """

    before: datetime
    young_after: datetime
    runs_max: int
    deleted_max: int


@dataclass(frozen=True, slots=True)
class HistoryPurged:
    """How many runs went with their events, and how many results of checks."""

    runs: int
    check_results: int


def purge_history(instance: dg.DagsterInstance, limits: HistoryLimits) -> HistoryPurged:
    """Delete what is old, or too much, of the finished runs, with the results of their checks and of older ones."""
    kept = latest_runs(instance)
    old = _runs_created_before(instance, limits.before, kept)
    gone = _delete(instance, islice(old, limits.deleted_max))
    surplus = instance.get_runs_count(RunsFilter(statuses=FINISHED)) - limits.runs_max
    most = max(0, min(surplus, limits.deleted_max - len(gone)))
    gone += _delete(instance, islice(_runs_created_before(instance, limits.young_after, kept), most))
    return HistoryPurged(len(gone), _purge_check_results(instance, gone, limits.before))


def latest_runs(instance: dg.DagsterInstance) -> frozenset[str]:
    """Return the runs that made the latest of each asset, or of each check."""
    made = (instance.get_latest_materialization_event(key) for key in instance.all_asset_keys())
    return frozenset(event.run_id for event in made if event is not None) | _latest_check_runs(instance)


def _runs_created_before(instance: dg.DagsterInstance, before: datetime, kept: frozenset[str]) -> Iterator[str]:
    """Yield finished runs from before a real time, oldest first; the caller deletes each before asking for the next."""
    wanted = RunsFilter(statuses=FINISHED, created_before=before)
    while True:
        records = instance.get_run_records(wanted, limit=RUNS_AT_ONCE + len(kept), ascending=True)
        ids = [record.dagster_run.run_id for record in records if record.dagster_run.run_id not in kept]
        if not ids:
            return
        yield from ids


def _delete(instance: dg.DagsterInstance, run_ids: Iterator[str]) -> list[str]:
    deleted = []
    for run_id in run_ids:
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        instance.delete_run(run_id)
        deleted.append(run_id)
    return deleted


def _latest_check_runs(instance: dg.DagsterInstance) -> frozenset[str]:
    table = AssetCheckExecutionsTable
    newest = sqlalchemy.select(sqlalchemy.func.max(table.c.id)).group_by(table.c.asset_key, table.c.check_name)
    with _event_log(instance).index_connection() as connection:
        rows = connection.execute(sqlalchemy.select(table.c.run_id).where(table.c.id.in_(newest))).fetchall()
    return frozenset(str(run_id) for (run_id,) in rows)


def _purge_check_results(instance: dg.DagsterInstance, runs: Sequence[str], before: datetime) -> int:
    """Delete results of checks, of these runs or old, but for the latest of each: deleting a run leaves them."""
    table = AssetCheckExecutionsTable
    newest = sqlalchemy.select(sqlalchemy.func.max(table.c.id)).group_by(table.c.asset_key, table.c.check_name)
    gone = sqlalchemy.or_(table.c.create_timestamp < before.replace(tzinfo=None), table.c.run_id.in_(runs))
    with _event_log(instance).index_connection() as connection:
        done = connection.execute(table.delete().where(gone, table.c.id.notin_(newest)))
    return int(done.rowcount)


def _event_log(instance: dg.DagsterInstance) -> SqlEventLogStorage:
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        msg = f"The event log is {type(storage).__name__}, which keeps no tables."
        raise TypeError(msg)
    return storage
