"""Jobs that put posts on X and find out what became of them."""

import dagster as dg

publish_job = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets("published_posts"),
    description="Publish at most one due post.",
)
recover_job = dg.define_asset_job(
    "recover",
    selection=dg.AssetSelection.assets("recovered_post_ids"),
    description="Look for the unconfirmed posts on the own timeline.",
)
reconcile_job = dg.define_asset_job(
    "reconcile_timeline",
    selection=dg.AssetSelection.assets("timeline_reconciliation"),
    description="Compare the own timeline with the queue.",
)
