"""Turning readings into outcomes, outcomes into model versions, and versions into champions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pydantic import ValidationError

from xbot_assets.domain.learning import bandit, predictor
from xbot_assets.domain.learning.reward import EngagementCounts, reward
from xbot_assets.steps.product import Product
from xbot_assets.store.engine.database import Row
from xbot_assets.store.learning import models as model_store
from xbot_assets.store.learning.models import ModelVersion
from xbot_assets.store.metrics import readings as metric_store

OUTCOME_BATCH = 200
"""Outcomes computed by one run; the rest waits for the next."""
CHAMPION_CACHE = "champion"
ModelKind = Literal["bandit", "predictor"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was decided about a model's newest version, and why."""

    kind: ModelKind
    champion: ModelVersion
    promoted: bool
    reason: str


def compute_outcomes(product: Product) -> list[Row]:
    """Reward every post that has a reading old enough and no outcome yet; return the rows stored."""
    settings = product.settings
    now = product.clock.now()
    due = metric_store.outcomes_due(
        product.database, now=now, min_age=timedelta(hours=settings.outcome_age_hours), limit=OUTCOME_BATCH
    )
    rows = [row for row in (_outcome(reading) for reading in due) if row is not None]
    stored = [{**row, "computed_at": now} for row in rows]
    metric_store.insert_outcomes(product.database, stored)
    return stored


def train_bandit(product: Product) -> ModelVersion:
    """Learn the bandit's posterior from every outcome and store it as a new version."""
    persona = product.persona
    rows = metric_store.training_rows(product.database)
    start = bandit.prior(persona.topic_names, persona.format_names, strength=product.settings.bandit_prior_strength)
    observed = [bandit.Observed(bandit.Arm(row["topic"], row["format"]), row["reward"]) for row in rows]
    posterior = bandit.learn(start, observed)
    best = bandit.estimates(posterior)[0]
    evaluation = {"best_topic": best.arm.topic, "best_format": best.arm.format, "best_mean": best.mean}
    return _store_version(product, "bandit", posterior.model_dump(), evaluation, rows)


def train_predictor(product: Product) -> ModelVersion | None:
    """Fit the predictor on every outcome and store it as a new version; ``None`` when there are too few."""
    rows = metric_store.training_rows(product.database)
    if len(rows) < product.settings.predictor_min_outcomes:
        return None
    examples = [predictor.Example(row["features"], row["topic"], row["format"], row["reward"]) for row in rows]
    fitted, evaluation = predictor.fit(examples, ridge=product.settings.predictor_ridge)
    return _store_version(product, "predictor", fitted.model_dump(), evaluation.model_dump(), rows)


def promote_newest(product: Product) -> list[Promotion]:
    """Decide for each kind of model whether its newest version becomes champion; record why."""
    decided = [_decide(product, "bandit"), _decide(product, "predictor")]
    return [promotion for promotion in decided if promotion is not None]


def current_champion(product: Product, kind: ModelKind) -> ModelVersion | None:
    """Return the champion; the cache never changes the answer.

    Which version it is, is always asked of the database, and a version never changes. So no promotion has to reach
    the cache: neither one that is lost on the way nor one that overtakes a reader leaves an old model in use.
    """
    seat = model_store.champion_seat(product.database, kind)
    if seat is None:
        return None
    # The time tells apart two databases that have used one cache.
    key = f"{CHAMPION_CACHE}:{kind}:{seat[0]}:{seat[1].isoformat()}"
    cached = _readable(product.cache.get_json(key))
    if cached is not None:
        return cached
    found = model_store.champion(product.database, kind)
    if found is not None and (found.id, found.trained_at) == seat:
        product.cache.set_json(key, found.model_dump(mode="json"), _seconds_kept(product, kind))
    return found


def learning_due(product: Product) -> bool:
    """Say whether an outcome can be computed now and the last training is long enough ago."""
    now = product.clock.now()
    newest = model_store.model_versions(product.database, "bandit", 1)
    interval = timedelta(minutes=product.settings.learn_interval_minutes)
    if newest and now - newest[0].trained_at < interval:
        return False
    min_age = timedelta(hours=product.settings.outcome_age_hours)
    return bool(metric_store.outcomes_due(product.database, now=now, min_age=min_age, limit=1))


def _readable(cached: object) -> ModelVersion | None:
    """Return a cached version; ``None`` for a miss and for what another version of this program left there."""
    try:
        return None if cached is None else ModelVersion.model_validate(cached)
    except ValidationError:
        return None


def _seconds_kept(product: Product, kind: ModelKind) -> int:
    settings = product.settings
    return settings.cache_arms_seconds if kind == "bandit" else settings.cache_models_seconds


def _outcome(reading: Row) -> Row | None:
    earned = reward(
        EngagementCounts(
            reading["replies"], reading["reposts"], reading["likes"], reading["bookmarks"], reading["views"]
        )
    )
    if earned is None:
        return None
    return {"post_id": reading["post_id"], "metrics_id": reading["metrics_id"], "reward": earned}


def _store_version(
    product: Product, kind: ModelKind, parameters: Row, evaluation: Row, rows: Sequence[Row]
) -> ModelVersion:
    return model_store.insert_model_version(
        product.database,
        kind,
        parameters=parameters,
        evaluation=evaluation,
        outcomes_used=len(rows),
        now=product.clock.now(),
    )


def _decide(product: Product, kind: ModelKind) -> Promotion | None:
    newest = model_store.model_versions(product.database, kind, 1)
    if not newest:
        return None
    champion = model_store.champion(product.database, kind)
    reason = _reason_to_promote(newest[0], champion)
    if reason is None:
        return Promotion(kind, champion or newest[0], promoted=False, reason="The champion stays.")
    model_store.promote(product.database, newest[0], reason, product.clock.now())
    return Promotion(kind, newest[0], promoted=True, reason=reason)


def _reason_to_promote(newest: ModelVersion, champion: ModelVersion | None) -> str | None:
    if champion is None:
        return "The first version."
    if newest.id == champion.id:
        return None
    if newest.kind == "predictor" and _beats_mean(champion) and not _beats_mean(newest):
        return None
    return f"It learned from {newest.outcomes_used} outcomes, the champion from {champion.outcomes_used}."


def _beats_mean(version: ModelVersion) -> bool:
    """Say whether a predictor is at least as good, left out, as always predicting the mean."""
    error, of_mean = version.evaluation.get("error"), version.evaluation.get("error_of_mean")
    return error is None or of_mean is None or error <= of_mean
