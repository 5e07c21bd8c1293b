"""From what others write to planned replies, as Dagster sees it."""

import dagster as dg

from xbot_assets.defs.catalogue import catalogued
from xbot_assets.defs.engagement.assets import inbound_engagements, planned_replies, reply_opportunities
from xbot_assets.defs.engagement.automation import (
    harvest_inbound_when_due,
    harvest_opportunities_when_due,
    plan_replies_when_due,
)
from xbot_assets.defs.engagement.checks import (
    engagements_have_evidence,
    no_post_is_answered_twice,
    opportunities_are_sound,
)
from xbot_assets.defs.engagement.jobs import harvest_job, inbound_job, replies_job

ASSETS = [inbound_engagements, reply_opportunities, planned_replies]
"""What runs as a step here."""

definitions = dg.Definitions(
    assets=dg.map_asset_specs(catalogued, [*ASSETS]),
    asset_checks=[engagements_have_evidence, opportunities_are_sound, no_post_is_answered_twice],
    jobs=[inbound_job, harvest_job, replies_job],
    schedules=[harvest_inbound_when_due, harvest_opportunities_when_due, plan_replies_when_due],
)
