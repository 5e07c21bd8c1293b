"""Jobs that watch the machinery, and the one that turns the whole loop by hand."""

import dagster as dg

LOOP = (
    "content_plan",
    "published_posts",
    "post_metrics",
    "account_metrics",
    "engagement_outcomes",
    "bandit_model",
    "engagement_predictor",
    "champion_models",
)
"""The assets of one turn of the loop."""

watch_job = dg.define_asset_job(
    "watch_browser",
    selection=dg.AssetSelection.assets("browser_usage"),
    description="Draw how the browser was used in the last day.",
)
session_job = dg.define_asset_job(
    "check_session",
    selection=dg.AssetSelection.assets("session_checks"),
    description="Ask whether the stored session is still logged in.",
)
loop_job = dg.define_asset_job(
    "loop",
    selection=dg.AssetSelection.assets(*LOOP),
    description="One turn of the whole loop by hand: plan, publish, measure, learn.",
)
