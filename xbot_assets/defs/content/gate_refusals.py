"""What the gates refused, as an asset."""

from dataclasses import asdict

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.plots import Plots
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.steps.content.gatekeeping import GateReport, gate_report

COLUMNS = ["judged_at", "gate", "reason", "purpose", "model", "topic", "format", "text"]


@dg.asset(
    group_name="content",
    kinds={"postgres"},
    deps=["content_plan", "emergency_pool"],
    tags={"xbot/step": "watch"},
    pool="gate_refusals",
)
def gate_refusals(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """How many texts each gate refused in the last 30 days, the share refused day by day, and the newest ones."""
    with as_dagster_failure(context, product):
        return materialized(_metadata(gate_report(product), Plots.of(context, product.settings)))


def _metadata(report: GateReport, plots: Plots) -> dict[str, dg.MetadataValue | int | float]:
    metadata: dict[str, dg.MetadataValue | int | float] = {
        "judged": report.judged,
        "refused": report.refused,
        "refused_share": report.refused / max(1, report.judged),
        "newest": table([asdict(refused) for refused in report.newest], COLUMNS),
    }
    if report.judged:
        rates = [count / report.judged for count in report.by_gate.values()]
        title = "Share of texts refused, by gate"
        metadata["by_gate"] = plots.bars("by_gate", list(report.by_gate), rates, errors=None, title=title)
        lines = {"refused": [(day.replace(tzinfo=None), share) for day, share in report.by_day]}
        metadata["by_day"] = plots.lines("by_day", lines, title="Share of texts refused, by day (UTC)")
    return metadata
