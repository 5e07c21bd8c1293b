"""The machinery and the whole loop, as Dagster sees them."""

import dagster as dg

from xbot_assets.defs.catalogue import catalogued
from xbot_assets.defs.operations.assets import browser_usage
from xbot_assets.defs.operations.automation import (
    alert_on_failed_run,
    check_session_when_due,
    resolve_failed_run,
    watch_browser_queue,
    watch_browser_usage,
)
from xbot_assets.defs.operations.backups import (
    backup_job,
    backup_when_due,
    backups,
    drill_job,
    drill_when_due,
    restore_drill,
)
from xbot_assets.defs.operations.database import database_is_well, database_job, watch_database
from xbot_assets.defs.operations.jobs import loop_job, session_job, watch_job
from xbot_assets.defs.operations.session import session_checks
from xbot_assets.defs.operations.upkeep import purge_job, purge_when_due, table_sizes

ASSETS = [browser_usage, session_checks, table_sizes, backups, restore_drill]
"""What runs as a step here."""

definitions = dg.Definitions(
    assets=dg.map_asset_specs(catalogued, [*ASSETS]),
    asset_checks=[database_is_well],
    jobs=[database_job, watch_job, session_job, purge_job, backup_job, drill_job, loop_job],
    schedules=[
        watch_browser_usage,
        check_session_when_due,
        purge_when_due,
        backup_when_due,
        drill_when_due,
        watch_database,
    ],
    sensors=[alert_on_failed_run, resolve_failed_run, watch_browser_queue],
)
