"""What the gates refused, as an asset."""

from dataclasses import asdict

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.operations.jobs import judge_job
from xbot_assets.defs.plots import bar_plot, line_plot, table
from xbot_assets.defs.resources import ProductIn
from xbot_assets.steps.content.gatekeeping import GateReport, gate_report

HOURLY = "20 * * * *"
"""Twenty past, apart from what starts on the hour."""
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
        return dg.MaterializeResult(metadata=_metadata(gate_report(product)))


gate_refusals_job = dg.ScheduleDefinition(
    name="draw_gate_refusals",
    job=judge_job,
    cron_schedule=HOURLY,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once an hour in real time.",
)


def _metadata(report: GateReport) -> dict[str, dg.MetadataValue | int | float]:
    found: dict[str, dg.MetadataValue | int | float] = {
        "judged": report.judged,
        "refused": report.refused,
        "refused_share": report.refused / max(1, report.judged),
        "newest": table([asdict(refused) for refused in report.newest], COLUMNS),
    }
    if report.judged:
        rates = [count / report.judged for count in report.by_gate.values()]
        found["by_gate"] = bar_plot(list(report.by_gate), rates, errors=None, title="Share of texts refused, by gate")
        lines = {"refused": [(day.replace(tzinfo=None), share) for day, share in report.by_day]}
        found["by_day"] = line_plot(lines, title="Share of texts refused, by day (UTC)")
    return found
