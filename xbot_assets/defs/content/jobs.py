"""Jobs that write posts, and that draw how the writing goes."""

import dagster as dg

plan_job = dg.define_asset_job(
    "plan",
    selection=dg.AssetSelection.assets("content_plan"),
    description="Write posts for the arms the bandit chooses, and queue them.",
)
pool_job = dg.define_asset_job(
    "top_up_pool",
    selection=dg.AssetSelection.assets("emergency_pool"),
    description="Fill the emergency pool with fresh posts.",
)
gate_refusals_job = dg.define_asset_job(
    "draw_refusals",
    selection=dg.AssetSelection.assets("gate_refusals"),
    description="Draw what the gates refused in the last month.",
)
llm_failures_job = dg.define_asset_job(
    "draw_failures",
    selection=dg.AssetSelection.assets("llm_failure_patterns"),
    description="Draw what calls of the language model cost and how they failed.",
)
