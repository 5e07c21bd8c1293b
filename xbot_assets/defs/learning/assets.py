"""Outcomes, model versions and champions."""

from dataclasses import asdict

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.keys import CHAMPIONS_IN_USE
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.metrics.assets import post_metrics
from xbot_assets.defs.plots import Plots, PlotValue
from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.tables import table
from xbot_assets.domain.learning.bandit import ArmEstimate, Posterior, estimates
from xbot_assets.steps.learning.promotion import Promotion, promote_newest
from xbot_assets.steps.learning.training import compute_outcomes, train_bandit, train_predictor
from xbot_assets.steps.publishing.admission import learn_hour_weights
from xbot_assets.store.learning.models import ModelVersion

SHOWN_ARMS = 10
SHOWN_WEIGHTS = 12

champions_in_use = dg.AssetSpec(
    CHAMPIONS_IN_USE,
    group_name="learning",
    kinds={"postgres"},
    description="The champion models that planning uses: what champion_models decided in the last round. "
    "It is drawn apart because a graph has no cycles; each champion_models run reports it.",
)


@dg.asset(
    group_name="learning",
    kinds={"postgres"},
    deps=[post_metrics],
    tags={"xbot/step": "learn"},
    pool="engagement_outcomes",
)
def engagement_outcomes(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """One reward per post, from its first reading taken when most reactions are in (6 hours by default).

    The pace learns from them which hours of the owner's day earn more: posts may come faster then.
    """
    with as_dagster_failure(context, product):
        outcomes = compute_outcomes(product)
        weights = learn_hour_weights(product)
        hours = [f"{hour:02d}:00" for hour in range(len(weights))]
        plots, title = Plots.of(context, product.settings), "Weight of each hour of the owner's day"
        return materialized(
            {
                "outcomes": table([asdict(outcome) for outcome in outcomes], ["post_id", "reward", "read_at"]),
                "outcomes_new": len(outcomes),
                "hour_weights": plots.bars("hour_weights", hours, weights, errors=None, title=title),
            }
        )


@dg.asset(
    group_name="learning",
    kinds={"numpy"},
    deps=[engagement_outcomes],
    tags={"xbot/step": "learn"},
    pool="bandit_model",
)
def bandit_model(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """A new version of the posterior about how well each kind of post (topic x format) does."""
    with as_dagster_failure(context, product):
        version = train_bandit(product)
        best = estimates(Posterior.model_validate(version.parameters))
        return materialized(_version(version) | {"expected_rewards": _arms(best, Plots.of(context, product.settings))})


@dg.asset(
    group_name="learning",
    kinds={"numpy"},
    deps=[engagement_outcomes],
    tags={"xbot/step": "learn"},
    pool="engagement_predictor",
)
def engagement_predictor(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """A new version of the regression that predicts a post's reward before it is published."""
    with as_dagster_failure(context, product):
        version = train_predictor(product)
        if version is None:
            return materialized({"version": "none yet: too few outcomes"})
        return materialized(_version(version) | {"weights": _weights(version, Plots.of(context, product.settings))})


@dg.asset(
    group_name="learning",
    kinds={"postgres"},
    deps=[bandit_model, engagement_predictor],
    tags={"xbot/step": "learn"},
    pool="champion_models",
)
def champion_models(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """Which version of each model planning uses from now on, and why."""
    with as_dagster_failure(context, product):
        decided = promote_newest(product)
        shown = table(
            [_decision(promotion) for promotion in decided], ["model", "champion", "decision", "promoted", "reason"]
        )
        context.log_event(dg.AssetMaterialization(CHAMPIONS_IN_USE, metadata={"champions": shown}))
        return materialized(
            {"champions": shown} | {f"{p.kind}_evidence": dg.MetadataValue.json(dict(p.evidence)) for p in decided}
        )


def _decision(promotion: Promotion) -> dict[str, str | int | bool]:
    return {
        "model": promotion.kind,
        "champion": promotion.champion.version,
        "decision": promotion.verdict,
        "promoted": promotion.promoted,
        "reason": promotion.reason,
    }


def _version(version: ModelVersion) -> dict[str, dg.MetadataValue | int]:
    return {
        "version": version.version,
        "outcomes_used": version.outcomes_used,
        "evaluation": dg.MetadataValue.json(version.evaluation),
    }


def _arms(best: list[ArmEstimate], plots: Plots) -> PlotValue:
    shown = best[:SHOWN_ARMS]
    return plots.bars(
        "expected_rewards",
        [f"{e.arm.topic} / {e.arm.format}" for e in shown],
        [e.mean for e in shown],
        errors=[e.deviation for e in shown],
        title="Expected reward, with one standard deviation",
    )


def _weights(version: ModelVersion, plots: Plots) -> PlotValue:
    weights: dict[str, float] = version.parameters["weights"]
    largest = sorted(weights.items(), key=lambda item: -abs(item[1]))[:SHOWN_WEIGHTS]
    names, sizes = [name for name, _ in largest], [weight for _, weight in largest]
    return plots.bars("weights", names, sizes, errors=None, title="Largest weights")
