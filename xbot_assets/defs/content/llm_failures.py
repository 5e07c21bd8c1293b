"""What calls of the language model cost and when they fail, as an asset."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.plots import Plots, PlotValue
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.budget.llm_failures import NO_PATTERN, Contrast, Tally
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.steps.content.llm_failures import FailureReport, failure_report
from xbot_assets.store.content.ledger import FailureCodeCount

TALLY_COLUMNS = ["calls", "failed", "failed_share", "refused_before", "cost_usd"]
CODE_COLUMNS = ["code", "kind", "calls", "made", "cost_usd", "newest_at", "newest_reason"]
CONTRAST_COLUMNS = ["failed", "occasions", "share", "otherwise", "difference", "verdict"]


@dg.asset(
    group_name="content",
    kinds={"postgres"},
    deps=["content_plan", "emergency_pool"],
    tags={"xbot/step": "watch"},
    pool="llm_failure_patterns",
)
def llm_failure_patterns(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """What calls of the language model cost and how they failed in 30 days: by purpose, model, hour, code, job."""
    with as_dagster_failure(context, product):
        return materialized(_metadata(failure_report(product), Plots.of(context, product.settings)))


def _metadata(report: FailureReport, plots: Plots) -> dict[str, dg.MetadataValue | int | float]:
    metadata: dict[str, dg.MetadataValue | int | float] = {
        "calls": report.total.calls,
        "failed": report.total.failed,
        "failed_share": report.total.failed / max(1, report.total.calls),
        "refused_before": report.total.refused,
        "cost_usd": report.total.cost_microusd / MICROUSD_PER_USD,
        "by_purpose": _tallies("purpose", report.by_purpose),
        "by_model": _tallies("model", report.by_model),
        "by_code": table([_priced(code) for code in report.codes], CODE_COLUMNS),
        "beside_jobs": _contrasts("job", report.jobs),
        "hours_that_differ": _contrasts("hour", [one for one in report.hours if one.verdict != NO_PATTERN]),
    }
    if report.total.calls:
        metadata["by_hour"] = _hours(report.by_hour, plots)
        metadata["cost_by_day"] = _costs(report, plots)
    return metadata


def _hours(by_hour: Mapping[int, Tally], plots: Plots) -> PlotValue:
    stacks = {
        "went well": [one.calls - one.failed for one in by_hour.values()],
        "failed": [one.failed for one in by_hour.values()],
    }
    labels = [f"{hour:02}" for hour in by_hour]
    return plots.columns("by_hour", labels, stacks, title="Calls by hour of the owner's day")


def _costs(report: FailureReport, plots: Plots) -> PlotValue:
    stacks = {purpose: [cost / MICROUSD_PER_USD for cost in costs] for purpose, costs in report.cost_by_day.items()}
    labels = [f"{day:%m-%d}" for day in report.days]
    return plots.columns("cost_by_day", labels, stacks, title="Cost in US dollars by day and purpose")


def _tallies(name: str, tallies: Mapping[str, Tally]) -> dg.MarkdownMetadataValue:
    costliest = sorted(tallies.items(), key=lambda item: -item[1].cost_microusd)
    rows = [
        {
            name: value,
            "calls": one.calls,
            "failed": one.failed,
            "failed_share": one.failed / max(1, one.calls),
            "refused_before": one.refused,
            "cost_usd": one.cost_microusd / MICROUSD_PER_USD,
        }
        for value, one in costliest
    ]
    return table(rows, [name, *TALLY_COLUMNS])


def _contrasts(name: str, those: Sequence[Contrast]) -> dg.MarkdownMetadataValue:
    rows = [
        {
            name: one.name,
            "failed": one.within.failed,
            "occasions": one.within.occasions,
            "share": one.within.share,
            "otherwise": f"{one.without.failed} of {one.without.occasions} ({one.without.share:.1%})",
            "difference": f"{one.low:+.1%} to {one.high:+.1%}",
            "verdict": one.verdict,
        }
        for one in those
    ]
    return table(rows, [name, *CONTRAST_COLUMNS])


def _priced(code: FailureCodeCount) -> dict[str, object]:
    return {**asdict(code), "cost_usd": code.cost_microusd / MICROUSD_PER_USD}
