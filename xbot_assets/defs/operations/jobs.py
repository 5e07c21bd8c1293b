"""Jobs, one per step of the loop and one for the whole. Keep out: when they run (schedules, sensors)."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def _step(name: str, description: str, *assets: str) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(name, selection=dg.AssetSelection.assets(*assets), description=description)


plan_job = _step("plan", "Write posts for the arms the bandit chooses, and queue them.", "content_plan")
publish_job = _step("publish", "Publish at most one due post.", "published_posts")
measure_job = _step("measure", "Read the counts of every post that is due.", "post_metrics")
account_job = _step("measure_account", "Read the own profile's numbers.", "account_metrics")
learn_job = _step(
    "learn",
    "Compute outcomes, train both models, decide the champions.",
    "engagement_outcomes",
    "bandit_model",
    "engagement_predictor",
    "champion_models",
)
watch_job = _step("watch_browser", "Draw how the browser was used in the last day.", "browser_usage")
loop_job = dg.define_asset_job(
    "loop",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("champions_in_use", "browser_usage"),
    description="One turn of the whole loop by hand: plan, publish, measure, learn.",
)

JOBS = [plan_job, publish_job, measure_job, account_job, learn_job, watch_job, loop_job]
