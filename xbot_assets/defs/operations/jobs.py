"""Jobs, one per step of the loop and one for the whole."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def _step(name: str, description: str, *assets: str) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(name, selection=dg.AssetSelection.assets(*assets), description=description)


plan_job = _step("plan", "Write posts for the arms the bandit chooses, and queue them.", "content_plan")
publish_job = _step("publish", "Publish at most one due post.", "published_posts")
recover_job = _step("recover", "Look for the posts in doubt on the own timeline.", "recovered_post_ids")
reconcile_job = _step("reconcile_timeline", "Compare the own timeline with the queue.", "timeline_reconciliation")
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
pool_job = _step("top_up_pool", "Fill the emergency pool with fresh posts.", "emergency_pool")
judge_job = _step("gate_refusals_job", "Draw what the gates refused in the last month.", "gate_refusals")
failures_job = _step(
    "draw_failures", "Draw what calls of the language model cost and how they failed.", "llm_failure_patterns"
)
watch_job = _step("watch_browser", "Draw how the browser was used in the last day.", "browser_usage")
session_job = _step("check_session", "Ask whether the stored session is still logged in.", "session_checks")
NOT_IN_THE_LOOP = dg.AssetSelection.assets(
    "champions_in_use",
    "browser_usage",
    "emergency_pool",
    "gate_refusals",
    "llm_failure_patterns",
    "recovered_post_ids",
    "session_checks",
    "timeline_reconciliation",
)
loop_job = dg.define_asset_job(
    "loop",
    selection=dg.AssetSelection.all() - NOT_IN_THE_LOOP,
    description="One turn of the whole loop by hand: plan, publish, measure, learn.",
)

JOBS = [
    plan_job,
    publish_job,
    recover_job,
    reconcile_job,
    measure_job,
    account_job,
    learn_job,
    pool_job,
    judge_job,
    failures_job,
    watch_job,
    session_job,
    loop_job,
]
