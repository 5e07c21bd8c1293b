"""From posts on X to their numbers, as Dagster sees it."""

import dagster as dg

from xbot_assets.defs.catalogue import catalogued
from xbot_assets.defs.metrics.assets import account_metrics, post_metrics
from xbot_assets.defs.metrics.automation import measure_account_when_due, measure_when_due
from xbot_assets.defs.metrics.checks import counts_are_possible, sources_agree
from xbot_assets.defs.metrics.jobs import account_job, measure_job

ASSETS = [post_metrics, account_metrics]
"""What runs as a step here."""

definitions = dg.Definitions(
    assets=dg.map_asset_specs(catalogued, [*ASSETS]),
    asset_checks=[counts_are_possible, sources_agree],
    jobs=[measure_job, account_job],
    schedules=[measure_when_due, measure_account_when_due],
)
