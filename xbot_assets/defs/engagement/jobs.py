"""Jobs that read what others write, and plan replies."""

import dagster as dg

inbound_job = dg.define_asset_job(
    "harvest_inbound",
    selection=dg.AssetSelection.assets("inbound_engagements"),
    description="Read the notifications.",
)
harvest_job = dg.define_asset_job(
    "harvest_opportunities",
    selection=dg.AssetSelection.assets("reply_opportunities"),
    description="Search for posts that could be answered.",
)
replies_job = dg.define_asset_job(
    "plan_replies",
    selection=dg.AssetSelection.assets("planned_replies"),
    description="Write replies and queue or suggest them.",
)
