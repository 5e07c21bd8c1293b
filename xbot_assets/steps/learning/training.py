"""Turning readings into outcomes and outcomes into model versions, and the champions in use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from xbot_assets.domain.learning import bandit, predictor
from xbot_assets.domain.learning.changes import learn_restarting
from xbot_assets.domain.learning.features import with_hour
from xbot_assets.domain.learning.later_posts import foretold
from xbot_assets.domain.learning.outcomes import level_of, relative_reward
from xbot_assets.domain.learning.reward import EngagementCounts, engagement_score
from xbot_assets.steps.learning.learn_due import outcomes_due
from xbot_assets.steps.learning.promotion import rule_of
from xbot_assets.steps.product import Product
from xbot_assets.store.learning import models as model_store
from xbot_assets.store.learning.models import ModelVersion
from xbot_assets.store.metrics import readings as metric_store
from xbot_assets.store.metrics.readings import OutcomeReading, TrainingExample

OUTCOME_BATCH = 200
"""Outcomes computed by one run; the rest waits for the next."""
LEARNERS: Mapping[bandit.Rule, Callable[[bandit.Posterior, Sequence[bandit.Observed]], bandit.Posterior]] = {
    "steady": bandit.learn,
    "restarting": learn_restarting,
}
CHAMPION_CACHE = "champion"
ModelKind = Literal["bandit", "predictor"]
Parameters = Mapping[str, Any]
_VERSIONS = TypeAdapter(ModelVersion)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a post earned, and the reading that says so: see ``domain/learning/outcomes.py``."""

    post_id: int
    read_at: datetime
    reward: float
    score: float
    level: float
    is_relative: bool
    computed_at: datetime


def compute_outcomes(product: Product) -> list[Outcome]:
    """Reward every post that has a reading old enough and no outcome yet; return what was stored."""
    now, settings = product.clock.now(), product.settings
    relative = settings.outcome_level == "own"
    metric_store.redefine_outcomes(product.database, relative=relative, limit=settings.learn_posts_max)
    scores = metric_store.recent_scores(product.database, settings.outcome_level_posts)
    outcomes = list[Outcome]()
    for reading in outcomes_due(product, now, OUTCOME_BATCH):
        outcome = _outcome(reading, level_of(scores[-settings.outcome_level_posts :]), relative, now)
        if outcome is not None:
            outcomes.append(outcome)
            scores += [] if reading.is_answer else [outcome.score]
    metric_store.insert_outcomes(product.database, [asdict(outcome) for outcome in outcomes])
    return outcomes


def train_bandit(product: Product) -> ModelVersion:
    """Learn from the newest outcomes in each way that a bandit learns here; return the version of the champion's way.

    The others are stored too: what they would choose is compared with what the champion chooses.
    """
    learned = _learned_from(product)
    observed = [bandit.Observed(bandit.Arm(one.topic, one.format), one.reward) for one in learned]
    champion = product.account.champion("bandit")
    used = rule_of(champion) if champion else product.settings.bandit_rule
    others = [rule for rule in LEARNERS if rule != used]
    version, *_ = [_train_by(product, rule, observed) for rule in (used, *others)]
    return version


def _train_by(product: Product, rule: bandit.Rule, observed: Sequence[bandit.Observed]) -> ModelVersion:
    persona = product.account.persona
    start = bandit.prior(persona.topic_names, persona.format_names, strength=product.settings.bandit_prior_strength)
    posterior = LEARNERS[rule](start, observed)
    best = bandit.estimates(posterior)[0]
    evaluation = {"best_topic": best.arm.topic, "best_format": best.arm.format, "best_mean": best.mean}
    return _store_version(product, "bandit", posterior.model_dump(), evaluation, len(observed))


def train_predictor(product: Product) -> ModelVersion | None:
    """Fit the predictor on the newest outcomes and store it as a new version; ``None`` when there are too few."""
    learned = _learned_from(product)
    if len(learned) < product.settings.predictor_min_outcomes:
        return None
    examples = [_as_published(one, product.settings.zone) for one in learned]
    fitted, evaluation = predictor.fit(examples, ridge=product.settings.predictor_ridge)
    later = foretold(examples, ridge=product.settings.predictor_ridge)
    judged = evaluation.model_dump() | (later.model_dump() if later else {})
    return _store_version(product, "predictor", fitted.model_dump(), judged, len(learned))


def current_champion(product: Product, kind: ModelKind) -> ModelVersion | None:
    """Return the champion; the cache never changes the answer.

    Which version it is, is always asked of the database, and a version never changes. So no promotion has to reach
    the cache: neither one that is lost on the way nor one that overtakes a reader leaves an old model in use.
    """
    seat = product.account.champion_seat(kind)
    if seat is None:
        return None
    # The time tells apart two databases that have used one cache.
    key = f"{CHAMPION_CACHE}:{kind}:{seat.id}:{seat.trained_at.isoformat()}"
    cached = _readable(product.cache.get_json(key))
    if cached is not None:
        return cached
    version = product.account.champion(kind)
    if version is not None and (version.id, version.trained_at) == (seat.id, seat.trained_at):
        product.cache.set_json(key, _VERSIONS.dump_python(version, mode="json"), _seconds_kept(product, kind))
    return version


def _learned_from(product: Product) -> list[TrainingExample]:
    """Return the newest outcomes: what a reader liked years ago says little, and all of them may not fit in memory."""
    return metric_store.training_examples(product.database, product.settings.learn_posts_max)


def _as_published(example: TrainingExample, zone: ZoneInfo) -> predictor.Example:
    """Learn from the hour in which the post went out, whatever was planned."""
    features = with_hour(example.features, example.published_at, zone)
    return predictor.Example(features, example.topic, example.format, example.reward)


def _readable(cached: object) -> ModelVersion | None:
    """Return a cached version; ``None`` for a miss and for what another version of this program left there."""
    try:
        return None if cached is None else _VERSIONS.validate_python(cached)
    except ValidationError:
        return None


def _seconds_kept(product: Product, kind: ModelKind) -> int:
    settings = product.settings
    return settings.cache_arms_seconds if kind == "bandit" else settings.cache_models_seconds


def _outcome(reading: OutcomeReading, level: float, relative: bool, now: datetime) -> Outcome | None:  # noqa: FBT001
    counts = (reading.replies, reading.reposts, reading.likes, reading.bookmarks, reading.views)
    score = engagement_score(EngagementCounts(*counts))
    if score is None:
        return None
    earned = relative_reward(score, level) if relative else score
    return Outcome(reading.post_id, reading.read_at, earned, score, level, relative, now)


def _store_version(
    product: Product, kind: ModelKind, parameters: Parameters, evaluation: Parameters, outcomes_used: int
) -> ModelVersion:
    return model_store.insert_model_version(
        product.database,
        kind,
        parameters=parameters,
        evaluation=evaluation,
        outcomes_used=outcomes_used,
        now=product.clock.now(),
    )
