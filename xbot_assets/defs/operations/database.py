"""The check of the database, every ten minutes."""

import dagster as dg

from xbot_assets.defs.operations.upkeep import table_sizes
from xbot_assets.defs.resources import ProductIn
from xbot_assets.steps.operations.database_health import check_database

EVERY_TEN_MINUTES = "7,17,27,37,47,57 * * * *"
"""Apart from what starts on the hour and on its quarters."""


@dg.asset_check(asset=table_sizes)
def database_is_well(product: ProductIn) -> dg.AssetCheckResult:
    """No statement was slow since the last check, nobody waited long for a connection, no transaction is forgotten."""
    health = check_database(product)
    return dg.AssetCheckResult(
        passed=not health.troubles,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"troubles": "\n".join(health.troubles) or "none", "slow_calls_today": sum(health.slow.values())},
    )


database_job = dg.define_asset_job(
    "check_database",
    selection=dg.AssetSelection.checks(database_is_well),
    description="Look at the database: slow statements, connections, forgotten transactions.",
)
watch_database = dg.ScheduleDefinition(
    name="watch_database",
    job=database_job,
    cron_schedule=EVERY_TEN_MINUTES,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every ten minutes in real time.",
)
