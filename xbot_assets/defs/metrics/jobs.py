"""Jobs that read numbers from X."""

import dagster as dg

measure_job = dg.define_asset_job(
    "measure",
    selection=dg.AssetSelection.assets("post_metrics"),
    description="Read the counts of every post that is due.",
)
account_job = dg.define_asset_job(
    "measure_account",
    selection=dg.AssetSelection.assets("account_metrics"),
    description="Read the own profile's numbers.",
)
