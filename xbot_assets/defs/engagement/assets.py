"""Who turned to the account, which posts could be answered, and the replies that are planned."""

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
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.engagement.inbound import harvest_inbound
from xbot_assets.steps.engagement.pool import HarvestReport, harvest_opportunities
from xbot_assets.steps.engagement.replies import ReplyPlan, plan_replies
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement.opportunities import counts_since, states_since

DAY = timedelta(days=1)
STATES = ["source", "state", "reason", "posts"]
REPLIES = ["x_post_id", "handle", "source", "post_id", "text", "why"]


@dg.asset(
    group_name="engagement",
    kinds={"chromium", "postgres"},
    pool=BROWSER_POOL[Lane.LOW],
    op_tags=lane_tags(Lane.LOW),
    tags={"xbot/step": "harvest"},
)
def inbound_engagements(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Who answered, mentioned, quoted, liked, reposted or followed, from the notifications, each with post and time.

    Automated accounts may answer only who engaged with them first: this is what that rule knows. Whoever says stop is
    never answered again.
    """
    with as_dagster_failure(context, product):
        return materialized(asdict(harvest_inbound(product)))


@dg.asset(
    group_name="engagement",
    kinds={"chromium", "openai", "postgres"},
    pool=BROWSER_POOL[Lane.LOW],
    op_tags=lane_tags(Lane.LOW),
    tags={"xbot/step": "harvest"},
)
def reply_opportunities(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Fresh posts by others that could be answered, from searches and tracked accounts: 200 to 300 of them open.

    What is in another language, sensitive, by blocked or automated accounts, or in a conversation that we are in is
    filtered with the reason kept. The model judges what fits; two readings tell what rises.
    """
    with as_dagster_failure(context, product):
        report = harvest_opportunities(product)
        return materialized(_harvested(report, product, Plots.of(context, product.settings)))


@dg.asset(
    group_name="engagement",
    kinds={"openai", "postgres"},
    deps=[inbound_engagements, reply_opportunities],
    pool="planned_replies",
    tags={"xbot/step": "plan"},
)
def planned_replies(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Replies written for who turned to the account, then for what rises; judged by the gates, then queued.

    What the rules let only a person post becomes a suggestion. No post is answered twice.
    """
    with as_dagster_failure(context, product, waits=PLAN_WAITS):
        return materialized(_planned(plan_replies(product)))


def _harvested(
    report: HarvestReport, product: Product, plots: Plots
) -> dict[str, dg.MetadataValue | int | float | str]:
    now = product.clock.now()
    places = [{"place": name, "new": new} for name, new in report.places.items()]
    metadata: dict[str, dg.MetadataValue | int | float | str] = {
        "open": report.open_posts,
        "read": report.read,
        "reread": report.reread,
        "judged_by_model": report.judged.by_model,
        "judged_by_keywords": report.judged.by_keywords,
        "why_keywords": report.judged.why_keywords or "none",
        "cost_usd": report.judged.cost_microusd / MICROUSD_PER_USD,
        "places": table(places, ["place", "new"]),
        "states": table([asdict(count) for count in states_since(product.database, now - DAY)], STATES),
    }
    if report.failed:
        failed = [{"place": name, "reason": why} for name, why in report.failed.items()]
        metadata["failed"] = table(failed, ["place", "reason"])
    sizes = [
        (count.counted_at.replace(tzinfo=None), float(count.open_posts))
        for count in counts_since(product.database, now - DAY)
    ]
    if sizes:
        metadata["size"] = plots.lines("size", {"open": sizes}, title="Posts that could be answered (UTC)")
    return metadata


def _planned(plan: ReplyPlan) -> dict[str, dg.MetadataValue | int | float | str]:
    return {
        "queued": sum(reply.post_id is not None for reply in plan.replies),
        "suggested": sum(reply.post_id is None for reply in plan.replies),
        "refused": plan.refused,
        "later": plan.later,
        "missing": plan.missing or "none",
        "cost_usd": plan.cost_microusd / MICROUSD_PER_USD,
        "replies": table([asdict(reply) for reply in plan.replies], REPLIES),
    }
