"""The content plan."""

import dagster as dg

from xbot_assets.defs.failures import PLAN_WAITS, as_dagster_failure
from xbot_assets.defs.keys import CHAMPIONS_IN_USE
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.plots import Plots
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.signals.assets import competitor_insight, expert_insight
from xbot_assets.defs.tables import table
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.domain.failures import worth_an_immediate_retry
from xbot_assets.steps.content.planning import Plan, plan_posts

SECONDS_PER_MINUTE = 60
NO_MODEL = "none: nothing could be written"
"""Shown as the model of a plan that is a fallback."""
TOP_ARMS = 8
"""Arms shown in the plot of choice probabilities."""


@dg.asset(
    group_name="content",
    kinds={"openai", "postgres"},
    deps=[CHAMPIONS_IN_USE, expert_insight, competitor_insight],
    tags={"xbot/step": "plan"},
    pool="content_plan",
)
def content_plan(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Posts written by the language model for the arms that the champion bandit chose, judged by the gates, and queued.

    When nothing can be written, one comes from the emergency pool or the templates instead, so that content goes on.
    What other accounts do, and what was concluded from it, is shown to the model as data that nobody vouches for.
    Each written post keeps its arm, the probability with which it was chosen, its predicted reward and the model
    versions behind both, so that its outcome can be learned from.
    """
    with as_dagster_failure(context, product, waits=PLAN_WAITS):
        plan = plan_posts(
            product, retried_at_once=lambda e: worth_an_immediate_retry(e, context.retry_number, PLAN_WAITS)
        )
        return materialized(_metadata(plan, Plots.of(context, product.settings)))


def _metadata(plan: Plan, plots: Plots) -> dict[str, dg.MetadataValue | int | float | str]:
    rows = [
        {
            "id": post.id,
            "at": f"{post.scheduled_at:%Y-%m-%d %H:%M} UTC",
            "arm": f"{post.topic} / {post.format}",
            "source": post.source,
            "chance": post.propensity,
            "predicted": post.predicted_reward,
            "text": post.text,
        }
        for post in plan.posts
    ]
    metadata: dict[str, dg.MetadataValue | int | float | str] = {
        "posts": table(rows, ["id", "at", "arm", "source", "chance", "predicted", "text"]),
        "posts_planned": len(plan.posts),
        "cost_usd": plan.cost_microusd / MICROUSD_PER_USD,
        "tier": str(plan.tier.name),
        "tier_why": plan.tier.why,
        "model": plan.model or NO_MODEL,
        "next_plan_after_minutes": plan.tier.interval.total_seconds() / SECONDS_PER_MINUTE,
        "bandit_version": plan.bandit_version or "the prior: no version yet",
        "why": plan.reason,
        "signals_shown": len(plan.seen.signals),
        "insights_shown": len(plan.seen.insights),
    }
    if plan.missing:
        metadata["missing"] = plan.missing
    if plan.chances:
        top = plan.chances[:TOP_ARMS]
        metadata["choice_probabilities"] = plots.bars(
            "choice_probabilities",
            [f"{a.topic} / {a.format}" for a, _ in top],
            [p for _, p in top],
            errors=None,
            title="Chance of each arm",
        )
    return metadata
