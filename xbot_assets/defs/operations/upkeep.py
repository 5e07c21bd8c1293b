"""Housekeeping: what is old goes."""

from datetime import timedelta

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.instance.run_history import HistoryLimits, HistoryPurged, purge_history
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.resources import ProductIn, TickIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.clock import system_now
from xbot_assets.steps.operations.retention import (
    LEAST_REAL_AGE,
    Purged,
    clock_rate,
    largest_tables,
    purge,
    purge_wait,
    real_age,
)
from xbot_assets.steps.product import Product

TABLES_SHOWN = 20
SELDOM = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=8))
"""A day more than the longest pause between two purges that the settings allow."""

purge_job = dg.define_asset_job(
    "purge",
    selection=dg.AssetSelection.assets("table_sizes"),
    description="Purge what is old, of the product's tables and of Dagster's history.",
)


@dg.asset(
    group_name="operations",
    kinds={"postgres"},
    tags={"xbot/step": "purge"},
    pool="table_sizes",
    freshness_policy=SELDOM,
)
def table_sizes(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """What each table takes on disk, after what is old was purged: rows of the product, runs and events of Dagster.

    A few thousand rows are deleted at a time, so that nobody waits; posts and what became of them are kept for ever.
    """
    with as_dagster_failure(context, product):
        history = purge_history(context.instance, _limits(product))
        return materialized(_metadata(product, purge(product), history))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=purge_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="purge_when_due",
)
def purge_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Purge what is old every few hours of the product's clock."""
    return request_unless(context, purge_job.name, wait=purge_wait(tick))


def _limits(product: Product) -> HistoryLimits:
    settings, now = product.settings, system_now()
    return HistoryLimits(
        before=now - real_age(settings.retention_runs_days, clock_rate(product.database)),
        young_after=now - LEAST_REAL_AGE,
        runs_max=settings.retention_runs_max,
        deleted_max=settings.retention_batch_rows,
    )


def _metadata(
    product: Product, purged: list[Purged], history: HistoryPurged
) -> dict[str, dg.MetadataValue | int | str]:
    rows = [{"table": one.table, "rows": one.rows, "more": "yes" if one.more else ""} for one in purged if one.rows]
    return {
        "rows_purged": sum(one.rows for one in purged),
        "runs_purged": history.runs,
        "check_results_purged": history.check_results,
        "purged": table(rows, ["table", "rows", "more"]),
        "largest": table(largest_tables(product, TABLES_SHOWN), ["name", "bytes", "rows"]),
    }
