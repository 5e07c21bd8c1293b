"""From champion models to queued posts, as Dagster sees it."""

import dagster as dg

from xbot_assets.defs.catalogue import catalogued
from xbot_assets.defs.content.assets import content_plan
from xbot_assets.defs.content.automation import (
    draw_gate_refusals,
    draw_llm_failures,
    plan_when_due,
    top_up_pool_when_due,
)
from xbot_assets.defs.content.emergency_pool import emergency_pool
from xbot_assets.defs.content.gate_refusals import gate_refusals
from xbot_assets.defs.content.jobs import gate_refusals_job, llm_failures_job, plan_job, pool_job
from xbot_assets.defs.content.llm_failures import llm_failure_patterns

ASSETS = [content_plan, emergency_pool, gate_refusals, llm_failure_patterns]
"""What runs as a step here."""

definitions = dg.Definitions(
    assets=dg.map_asset_specs(catalogued, [*ASSETS]),
    jobs=[plan_job, pool_job, gate_refusals_job, llm_failures_job],
    schedules=[plan_when_due, top_up_pool_when_due, draw_gate_refusals, draw_llm_failures],
)
