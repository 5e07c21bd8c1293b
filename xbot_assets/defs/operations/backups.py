"""Backups of the database, and trying them."""

from datetime import timedelta

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.resources import ProductIn, TickIn
from xbot_assets.steps.operations.backups import backup_wait, drill_wait, make_backup, run_drill

backup_job = dg.define_asset_job(
    "backup",
    selection=dg.AssetSelection.assets("backups"),
    description="Write a backup of the database, and remove the oldest of too many.",
)
drill_job = dg.define_asset_job(
    "try_backup",
    selection=dg.AssetSelection.assets("restore_drill"),
    description="Restore the newest backup into a database of its own, and compare.",
)
LONGER_THAN_A_BACKUPS_PAUSE = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=31))
LONGER_THAN_A_DRILLS_PAUSE = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=91))
"""A day more than the longest pauses that the settings allow: what is late by them raises an alert of its own."""


@dg.asset(
    group_name="operations",
    kinds={"postgres"},
    tags={"xbot/step": "backup"},
    pool="backups",
    freshness_policy=LONGER_THAN_A_BACKUPS_PAUSE,
)
def backups(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """The newest backup of the database: what the product and Dagster hold, checksummed, for the owner's eyes only.

    The sealed session is not in it. ``xbot restore`` puts one back.
    """
    with as_dagster_failure(context, product):
        made = make_backup(product)
        tables = made.manifest.tables
        return materialized(
            {
                "file": dg.MetadataValue.path(made.path),
                "bytes": made.bytes,
                "tables": len(tables),
                "rows": sum(table.rows for table in tables.values()),
                "removed": len(made.removed),
            }
        )


@dg.asset(
    group_name="operations",
    kinds={"postgres"},
    deps=[backups],
    tags={"xbot/step": "backup"},
    pool="restore_drill",
    freshness_policy=LONGER_THAN_A_DRILLS_PAUSE,
)
def restore_drill(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """What the newest backup holds, from having restored it into a PostgreSQL of its own and compared every table.

    A backup that cannot be restored, or is not there, raises an alert.
    """
    with as_dagster_failure(context, product):
        return materialized(dict(run_drill(product)))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=backup_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="backup_when_due",
)
def backup_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Make a backup every day of real time, or as often as the settings say."""
    return request_unless(context, backup_job.name, wait=backup_wait(tick))


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=drill_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="drill_when_due",
)
def drill_when_due(context: dg.ScheduleEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Try the newest backup every week of real time, or as often as the settings say."""
    return request_unless(context, drill_job.name, wait=drill_wait(tick))
