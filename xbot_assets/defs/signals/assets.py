"""Trends, news and posts by others as signals, and what a model concludes from them."""

from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from xbot_assets.defs.failures import PLAN_WAITS, as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.plots import Plots
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.domain.engagement.insights import InsightKind
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.product import Product
from xbot_assets.steps.signals.concluding import InsightReport, conclude
from xbot_assets.steps.signals.reading import SignalReport, read_background, read_high_value
from xbot_assets.store.engagement.signals import ReadingName, last_readings, signal_counts

DAY = timedelta(days=1)
READINGS_DRAWN = 60
Metadata = dict[str, dg.MetadataValue | int | float | str]


@dg.asset(
    group_name="signals",
    kinds={"chromium", "postgres"},
    pool=BROWSER_POOL[Lane.HIGH],
    op_tags=lane_tags(Lane.HIGH),
    tags={"xbot/step": "read_signals"},
)
def high_value_signals(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """The newest posts of the accounts that the owner tracks, with what they earned at each sighting."""
    with as_dagster_failure(context, product):
        report = read_high_value(product)
        return materialized(_read(report, "high_value", product, Plots.of(context, product.settings)))


@dg.asset(
    group_name="signals",
    kinds={"chromium", "postgres"},
    pool=BROWSER_POOL[Lane.LOW],
    op_tags=lane_tags(Lane.LOW),
    tags={"xbot/step": "read_signals"},
)
def background_signals(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Trends and headlines that X lists, posts about those that fit, posts that many liked, and other accounts.

    What cannot be read is absent. A page of trends that is not as it was is kept, and reading stops behind its breaker.
    """
    with as_dagster_failure(context, product):
        report = read_background(product)
        return materialized(_read(report, "background", product, Plots.of(context, product.settings)))


@dg.asset(
    group_name="signals",
    kinds={"openai", "postgres"},
    deps=[background_signals],
    pool="expert_insight",
    tags={"xbot/step": "conclude"},
)
def expert_insight(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """What works on the account's topics: a model's sentences, each citing the stored posts that it rests on.

    A sentence that cites nothing, or a post that is not known, is dropped and the reason kept. Without a sentence left,
    or without money, the last conclusion stands.
    """
    with as_dagster_failure(context, product, waits=PLAN_WAITS):
        return materialized(_concluded(conclude(product, InsightKind.EXPERT)))


@dg.asset(
    group_name="signals",
    kinds={"openai", "postgres"},
    deps=[high_value_signals, background_signals],
    pool="competitor_insight",
    tags={"xbot/step": "conclude"},
)
def competitor_insight(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """What other accounts do that earns them more or less than their other posts, in sentences like the expert's."""
    with as_dagster_failure(context, product, waits=PLAN_WAITS):
        return materialized(_concluded(conclude(product, InsightKind.COMPETITOR)))


def _read(report: SignalReport, reading: ReadingName, product: Product, plots: Plots) -> Metadata:
    metadata: Metadata = {
        "read": str(report.read),
        "stored": report.stored,
        "new": report.new,
        "unread_lines": report.unread,
        "places": table([{"place": name, "seen": seen} for name, seen in report.places.items()], ["place", "seen"]),
        "last_day": table(
            [asdict(count) for count in signal_counts(product.database, product.clock.now() - DAY)],
            ["kind", "seen", "new", "last_at"],
        ),
    }
    if report.failed:
        failed = [{"place": name, "reason": why} for name, why in report.failed.items()]
        metadata["failed"] = table(failed, ["place", "reason"])
    readings = last_readings(product.database, reading, READINGS_DRAWN)[::-1]
    if readings:
        lines = {
            name: [(one.read_at.replace(tzinfo=None), float(getattr(one, name))) for one in readings]
            for name in ("seen", "new")
        }
        metadata["volume"] = plots.lines("volume", lines, title="Things seen by a reading, and new ones (UTC)")
    return metadata


def _concluded(report: InsightReport) -> Metadata:
    rows = [
        {"sentence": one.text, "posts": ", ".join(one.x_post_ids), "dropped": one.dropped or ""}
        for one in report.sentences
    ]
    return {
        "kept": report.kept,
        "dropped": len(report.sentences) - report.kept,
        "posts_shown": report.shown,
        "cost_usd": report.cost_microusd / MICROUSD_PER_USD,
        "why_none": report.why_none or "none: sentences are in use",
        "in_use_since": f"{report.stands_since:%Y-%m-%d %H:%M} UTC" if report.stands_since else "never",
        "sentences": table(rows, ["sentence", "posts", "dropped"]),
    }
