"""Planning: choose arms with the champion bandit, have posts written and judged, predict them, queue them.

When nothing can be written, whatever the reason, the plan takes its post from the emergency pool or the templates: an
account does not fall silent because a bill is full or a service is away.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.alerts.content import CANNOT_WRITE
from xbot_assets.domain.budget.calls import DAILY_BUDGET
from xbot_assets.domain.budget.tiers import BudgetTier
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, FailureKind, ProductError
from xbot_assets.domain.learning.bandit import Arm, Choice, Draw
from xbot_assets.domain.learning.features import post_features, with_hour
from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.domain.pace.jitter import jittered
from xbot_assets.domain.pace.slots import free_slots
from xbot_assets.domain.posts.post import NewPost, fingerprint
from xbot_assets.llm.briefs.brief import PostBrief, WrittenPost, WrittenPosts
from xbot_assets.llm.briefs.progress import is_of_the_answer
from xbot_assets.steps.content.candidates import Taken, asked_for, by_slot, take, texts_per_slot
from xbot_assets.steps.content.fallback import fallback_posts, watch_fallback_share
from xbot_assets.steps.content.gatekeeping import judge_for
from xbot_assets.steps.content.model_watch import watch_models
from xbot_assets.steps.content.plan_due import PLAN_PURPOSE
from xbot_assets.steps.content.seen_signals import NOTHING_SEEN, SeenSignals, seen_signals
from xbot_assets.steps.language_model import brief_for
from xbot_assets.steps.learning.choosers import Choosers, choosers
from xbot_assets.steps.learning.text_ranking import TextRanking, text_ranking
from xbot_assets.steps.learning.training import current_champion
from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.steps.model_service import rules_in_use
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.learning.models import ModelVersion
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing import queue as queue_store
from xbot_assets.store.publishing.policy import hold_unapproved

FALLBACK_POSTS = 1
"""Posts of a plan that nothing could be written for: the pool is small, and one keeps the account alive."""
TOLD_ELSEWHERE = frozenset(
    {
        FailureCode.REFUSED,
        FailureCode.CONTENT_FILTER,
        FailureCode.INVALID_API_KEY,
        FailureCode.ACCESS_DENIED,
    }
)
"""Answers of a model that declined once, and what holds the API and is told by the hold."""
SEEDS = 2**31
"""A plan's seed is drawn below this: what every API takes as a whole number."""


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A queued post with why it was written. ``source`` is ``llm``, or ``pool`` or ``template`` for a fallback."""

    id: int
    text: str
    topic: str
    format: str
    scheduled_at: datetime
    propensity: float | None = None
    predicted_reward: float | None = None
    source: str = "llm"


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: its posts, what it cost, and the choice probabilities behind it, likeliest first.

    ``tier`` is what the budget allowed; ``missing`` says why fewer posts were written than it allows, or why none was
    and a fallback is used instead; ``model`` is empty then.
    """

    posts: tuple[PlannedPost, ...]
    tier: BudgetTier
    model: str
    missing: str
    cost_microusd: int
    bandit_version: int | None
    chances: tuple[tuple[Arm, float], ...]
    reason: str
    seen: SeenSignals = NOTHING_SEEN
    """What the model was told of other accounts."""


@dataclass(frozen=True, slots=True)
class _Models:
    """Who chooses arms, and the champion that predicts."""

    choosers: Choosers
    predictor: Predictor | None
    predictor_version: ModelVersion | None
    ranking: TextRanking

    @property
    def ranks(self) -> bool:
        """Whether candidate texts are ranked."""
        return self.ranking.allowed and self.predictor is not None


def plan_posts(
    product: Product,
    rng: np.random.Generator | None = None,
    *,
    retried_at_once: Callable[[ProductError], bool] = lambda _: False,
) -> Plan:
    """Queue one plan's posts: written ones, or a fallback when none can be written.

    Args:
        product: the opened parts.
        rng: chooses arms and templates.
        retried_at_once: whether the caller will try again within seconds after this failure; no fallback is used then.

    Raises:
        ProductError: as :func:`write_plan`, when the caller tries again, or when the pool is empty and the templates
            are used up as well.
    """
    generator = rng if rng is not None else np.random.default_rng()
    try:
        watch_models(product)
        plan = write_plan(product, generator)
    except ProductError as failure:
        if retried_at_once(failure):
            raise
        return _fall_back(product, failure, generator)
    resolve_alert(product.database, CANNOT_WRITE, product.clock.now())
    watch_fallback_share(product)
    return plan


def write_plan(product: Product, generator: np.random.Generator) -> Plan:
    """Write, judge, predict and queue one plan's posts.

    Raises:
        TransientFailure: the model could not be reached.
        BudgetFailure: the day's budget or the provider's quota is used up.
        PermanentFailure: the key, the model's name or the persona is wrong, or every answer was unusable.
    """
    models = _models(product)
    tier = budget_now(product.database, product.settings, product.clock.now()).tier
    drawn = models.choosers.draw(tier.posts, generator)
    texts = texts_per_slot(product.settings, tier.name, len(drawn.chosen), ranks=models.ranks)
    arms = asked_for(drawn.chosen, texts, product.account.persona.tones, generator)
    brief = brief_for(product.settings, product.database, product.account.persona, arms, product.clock.now())
    seen = seen_signals(product, [choice.arm.topic for choice in drawn.chosen])
    more = {"seed": int(generator.integers(SEEDS)), "seen_posts": seen.signals, "insights": seen.insights}
    written = _written_within(product, brief.model_copy(update=more), tier)
    slots = by_slot(written.posts, texts)
    times = _slots(product, len(slots))
    posts = [
        _post_of_slot(product, models, drawn.chosen[of_slot[0].number // texts], of_slot, at, generator)
        for of_slot, at in zip(slots, times, strict=True)
    ]
    ids = post_store.enqueue_posts(product.database, posts, product.clock.now())
    hold_unapproved(product.database, product.settings, product.clock.now())
    missing = written.missing if len(posts) < len(drawn.chosen) else ""
    report = _report(models, posts, ids, written.model_copy(update={"missing": missing}), tier, drawn)
    return replace(report, seen=seen)


def _written_within(product: Product, brief: PostBrief, tier: BudgetTier) -> WrittenPosts:
    """Have a brief written by the tier's model; by the saving one when the other's worst case no longer fits."""
    saving_model = rules_in_use(product.settings, product.database).saving_model
    try:
        return _written_by(product, brief, tier.model, tier.effort)
    except BudgetFailure as failure:
        if failure.code != DAILY_BUDGET or tier.model == saving_model:
            raise
    return _written_by(product, brief, saving_model, product.settings.saving_effort)


def _written_by(product: Product, brief: PostBrief, model: str, effort: str | None) -> WrittenPosts:
    judge = judge_for(product, PLAN_PURPOSE, model=model)
    return product.writer.write_posts(brief.model_copy(update={"model": model, "effort": effort}), judge)


def _fall_back(product: Product, failure: ProductError, rng: np.random.Generator) -> Plan:
    """Queue a post of the pool or the templates; without any, the failure stands."""
    _tell_person(product, failure)
    posts = fallback_posts(product, FALLBACK_POSTS, _slots(product, FALLBACK_POSTS), rng)
    if not posts:
        raise failure
    hold_unapproved(product.database, product.settings, product.clock.now())
    return Plan(
        posts=tuple(
            PlannedPost(post.id, post.text, post.topic, post.format, post.scheduled_at, source=post.source)
            for post in posts
        ),
        tier=budget_now(product.database, product.settings, product.clock.now()).tier,
        model="",
        missing=failure.reason,
        cost_microusd=0,
        bandit_version=None,
        chances=(),
        reason="Nothing could be written, so the plan is from the emergency pool or the templates.",
    )


def _tell_person(product: Product, failure: ProductError) -> None:
    """Alert when only a person can make writing work again; what passes by itself is in the ledger and the share.

    A held API has its own alert, and answers that were no good are the next attempt's business.
    """
    if failure.kind is FailureKind.PERMANENT and not is_of_the_answer(failure) and failure.code not in TOLD_ELSEWHERE:
        now = product.clock.now()
        alert(product.database, CANNOT_WRITE, now=now, cause=failure, reason=failure.reason, remedy=failure.remedy)


def _models(product: Product) -> _Models:
    predictor_version = current_champion(product, "predictor")
    fitted = Predictor.model_validate(predictor_version.parameters) if predictor_version else None
    return _Models(choosers(product), fitted, predictor_version, text_ranking(product))


def _slots(product: Product, count: int) -> list[datetime]:
    """Return the first publishing times that keep their distance from everything that waits already."""
    settings, now = product.settings, product.clock.now()
    first = now + timedelta(minutes=settings.first_post_delay_minutes)
    spacing = timedelta(minutes=settings.planned_spacing_minutes)
    return free_slots(first, count, spacing, queue_store.waiting_times(product.database))


def _post_of_slot(
    product: Product,
    models: _Models,
    choice: Choice,
    texts: Sequence[WrittenPost],
    at: datetime,
    rng: np.random.Generator,
) -> NewPost:
    explored = product.settings.text_explore_share
    taken = take(texts, choice, lambda text: _predicted(product, models, choice, text, at), explored, rng)
    jitter = timedelta(minutes=product.settings.post_jitter_minutes)
    return _new_post(product, models, taken, jittered(at, fingerprint(taken.text.text), jitter))


def _predicted(product: Product, models: _Models, choice: Choice, text: WrittenPost, at: datetime) -> float | None:
    if models.predictor is None:
        return None
    seen = with_hour(post_features(text.text, text.tone), at, product.settings.zone)
    return models.predictor.predict(seen, choice.arm.topic, choice.arm.format)


def _new_post(product: Product, models: _Models, taken: Taken, at: datetime) -> NewPost:
    choice, written = taken.choice, taken.text
    chosen_by, tested = models.choosers.version, models.choosers.tested
    return NewPost(
        text=written.text,
        topic=choice.arm.topic,
        format=choice.arm.format,
        features=post_features(written.text, written.tone),
        bandit_version_id=chosen_by.id if chosen_by else None,
        tested_version_id=tested.version.id if tested else None,
        predictor_version_id=models.predictor_version.id if models.predictor_version else None,
        propensity=choice.propensity,
        arm_chances=choice.chances,
        predicted_reward=_predicted(product, models, choice, written, at),
        text_candidates=taken.candidates if taken.candidates > 1 else None,
        text_propensity=taken.chance if taken.candidates > 1 else None,
        llm_call_id=written.llm_call_id,
        scheduled_at=at,
    )


def _report(
    models: _Models,
    posts: Sequence[NewPost],
    ids: Sequence[int],
    written: WrittenPosts,
    tier: BudgetTier,
    drawn: Draw,
) -> Plan:
    chances = zip(models.choosers.posterior.arms, drawn.chances, strict=True)
    version = models.choosers.version
    return Plan(
        posts=tuple(
            PlannedPost(i, p.text, p.topic, p.format, p.scheduled_at, p.propensity, p.predicted_reward)
            for i, p in zip(ids, posts, strict=True)
        ),
        tier=tier,
        model=written.model,
        missing=written.missing,
        cost_microusd=written.cost_microusd,
        bandit_version=version.version if version else None,
        chances=tuple(sorted(((a, float(c)) for a, c in chances), key=lambda pair: -pair[1])),
        reason=f"{models.choosers.reason} {models.ranking.reason}",
    )
