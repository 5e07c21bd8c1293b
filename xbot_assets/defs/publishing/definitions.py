"""From queued posts to posts on X, as Dagster sees it."""

import dagster as dg

from xbot_assets.defs.catalogue import catalogued
from xbot_assets.defs.publishing.assets import published_posts
from xbot_assets.defs.publishing.automation import publish_when_due, reconcile_when_due, recover_when_due
from xbot_assets.defs.publishing.checks import no_post_is_unconfirmed
from xbot_assets.defs.publishing.jobs import publish_job, reconcile_job, recover_job
from xbot_assets.defs.publishing.recovery import recovered_post_ids, timeline_reconciliation

ASSETS = [published_posts, recovered_post_ids, timeline_reconciliation]
"""What runs as a step here."""

definitions = dg.Definitions(
    assets=dg.map_asset_specs(catalogued, [*ASSETS]),
    asset_checks=[no_post_is_unconfirmed],
    jobs=[publish_job, recover_job, reconcile_job],
    schedules=[reconcile_when_due],
    sensors=[publish_when_due, recover_when_due],
)
