"""Jobs that read signals, and conclude from them."""

import dagster as dg

high_value_job = dg.define_asset_job(
    "read_high_value",
    selection=dg.AssetSelection.assets("high_value_signals"),
    description="Read the newest posts of the accounts that you track.",
)
background_job = dg.define_asset_job(
    "read_background",
    selection=dg.AssetSelection.assets("background_signals"),
    description="Read trends, news, posts that many liked, and other accounts.",
)
expert_job = dg.define_asset_job(
    "conclude_expert",
    selection=dg.AssetSelection.assets("expert_insight"),
    description="Conclude what works on the account's topics.",
)
competitor_job = dg.define_asset_job(
    "conclude_competitor",
    selection=dg.AssetSelection.assets("competitor_insight"),
    description="Conclude what other accounts do that earns them more.",
)
