"""How the browser is used."""

from dataclasses import asdict
from datetime import datetime

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.plots import Plots
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.operations.browser_queue import Usage
from xbot_assets.steps.operations.browser_queue import browser_usage as usage_of_a_day

COLUMNS = ["lane", "operations", "median_seconds", "p95_seconds", "mean_seconds", "longest_seconds", "busy_seconds"]


@dg.asset(group_name="operations", kinds={"postgres"}, tags={"xbot/step": "watch"}, pool="browser_usage")
def browser_usage(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """How long browser work waited in the last day, by lane, and how many runs waited over time."""
    with as_dagster_failure(context, product):
        return materialized(_metadata(usage_of_a_day(product, system_now()), Plots.of(context, product.settings)))


def _metadata(usage: Usage, plots: Plots) -> dict[str, dg.MetadataValue | int | float]:
    waits = table([asdict(lane) for lane in usage.waits], COLUMNS)
    metadata: dict[str, dg.MetadataValue | int | float] = {"waits": waits}
    metadata["operations"] = sum(lane.operations for lane in usage.waits)
    metadata["longest_critical_wait_seconds"] = max(
        (lane.longest_seconds for lane in usage.waits if lane.lane == Lane.CRITICAL), default=0.0
    )
    metadata["deepest_queue"] = max((sample.waiting for sample in usage.samples), default=0)
    if usage.samples:
        lines = {str(lane): _line(usage, str(lane)) for lane in Lane}
        title = "Runs waiting for the browser (real time, UTC)"
        metadata["queue_over_time"] = plots.lines("queue_over_time", lines, title=title)
    return metadata


def _line(usage: Usage, lane: str) -> list[tuple[datetime, float]]:
    return [(sample.sampled_at.replace(tzinfo=None), sample.waiting) for sample in usage.samples if sample.lane == lane]
