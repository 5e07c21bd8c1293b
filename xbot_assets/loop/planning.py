"""Planning: choose arms with the champion bandit, have posts written, predict them, queue them.

Keep out: the bandit's arithmetic (``domain/learning``), prompts and prices (``llm``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.learning import bandit
from xbot_assets.domain.learning.bandit import Arm, Belief, Choice
from xbot_assets.domain.learning.features import post_features
from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.domain.posts import NewPost
from xbot_assets.llm.briefs import WrittenPosts
from xbot_assets.loop.learning import current_champion
from xbot_assets.loop.product import Product
from xbot_assets.loop.writing import brief_for
from xbot_assets.store import posts as post_store
from xbot_assets.store import queue as queue_store
from xbot_assets.store.models import ModelVersion

PLAN_PURPOSE = "plan"


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A queued post with why it was written."""

    id: int
    text: str
    topic: str
    format: str
    scheduled_at: datetime
    propensity: float
    predicted_reward: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: its posts, what it cost, and the choice probabilities behind it, likeliest first."""

    posts: tuple[PlannedPost, ...]
    cost_microusd: int
    bandit_version: int | None
    chances: tuple[tuple[Arm, float], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Models:
    """The champions as planning uses them."""

    belief: Belief
    bandit_version: ModelVersion | None
    predictor: Predictor | None
    predictor_version: ModelVersion | None


def plan_wait(product: Product) -> str | None:
    """Say in words why no plan is due now, or ``None`` when one is."""
    settings, now = product.settings, product.clock.now()
    waiting = post_store.queue_counts(product.database).get("queued", 0)
    if waiting >= settings.plan_queue_max:
        return f"{waiting} posts wait already."
    last = queue_store.last_llm_call(product.database, PLAN_PURPOSE)
    if last is None:
        return None
    minutes = settings.plan_interval_minutes if last["outcome"] == "ok" else settings.plan_retry_minutes
    next_at: datetime = last["called_at"] + timedelta(minutes=minutes)
    return None if now >= next_at else f"The next plan is due at {next_at:%Y-%m-%d %H:%M} UTC."


def plan_posts(product: Product, rng: np.random.Generator | None = None) -> Plan:
    """Write, predict and queue one plan's posts.

    Raises:
        TransientFailure: the model could not be reached.
        BudgetFailure: the day's budget or the provider's quota is used up.
        PermanentFailure: the key, the model's name or the persona is wrong, or every answer was unusable.
    """
    generator = rng if rng is not None else np.random.default_rng()
    models = _champions(product)
    choices = bandit.choose(models.belief, product.settings.posts_per_plan, generator)
    # Tones vary at random, so that posts of one arm do not all sound alike.
    arms = [(choice.arm, str(generator.choice(product.persona.tones))) for choice in choices]
    written = product.writer.write_posts(
        brief_for(product.settings, product.database, product.persona, arms, product.clock.now())
    )
    slots = _slots(product, len(choices))
    posts = [
        _new_post(models, choice, post.text, at, written.llm_call_id)
        for choice, post, at in zip(choices, written.posts, slots, strict=True)
    ]
    ids = post_store.enqueue_posts(product.database, posts, product.clock.now())
    return _report(models, posts, ids, written, generator)


def _champions(product: Product) -> _Models:
    bandit_version = current_champion(product, "bandit")
    predictor_version = current_champion(product, "predictor")
    topics, formats = product.persona.topic_names, product.persona.format_names
    belief = Belief.model_validate(bandit_version.parameters) if bandit_version else None
    if belief is None or (belief.topics, belief.formats) != (tuple(topics), tuple(formats)):
        # No version yet, or the persona was edited since: start from the prior rather than from wrong columns.
        belief = bandit.prior(topics, formats, strength=product.settings.bandit_prior_strength)
        bandit_version = None
    fitted = Predictor.model_validate(predictor_version.parameters) if predictor_version else None
    return _Models(belief, bandit_version, fitted, predictor_version)


def _slots(product: Product, count: int) -> list[datetime]:
    """Return publishing times after everything that is queued already."""
    settings, now = product.settings, product.clock.now()
    first = now + timedelta(minutes=settings.first_post_delay_minutes)
    spacing = timedelta(minutes=settings.planned_spacing_minutes)
    last = queue_store.last_scheduled(product.database)
    if last is not None:
        first = max(first, last + spacing)
    return [first + spacing * index for index in range(count)]


def _new_post(models: _Models, choice: Choice, text: str, at: datetime, call_id: int) -> NewPost:
    features = post_features(text, at)
    predicted = models.predictor.predict(features, choice.arm.topic, choice.arm.format) if models.predictor else None
    return NewPost(
        text=text,
        topic=choice.arm.topic,
        format=choice.arm.format,
        features=features,
        bandit_version_id=models.bandit_version.id if models.bandit_version else None,
        predictor_version_id=models.predictor_version.id if models.predictor_version else None,
        propensity=choice.propensity,
        predicted_reward=predicted,
        llm_call_id=call_id,
        scheduled_at=at,
    )


def _report(
    models: _Models,
    posts: Sequence[NewPost],
    ids: Sequence[int],
    written: WrittenPosts,
    rng: np.random.Generator,
) -> Plan:
    chances = zip(models.belief.arms, bandit.choice_probabilities(models.belief, rng), strict=True)
    version = models.bandit_version
    return Plan(
        posts=tuple(
            PlannedPost(id_, p.text, p.topic, p.format, p.scheduled_at, p.propensity or 0.0, p.predicted_reward)
            for id_, p in zip(ids, posts, strict=True)
        ),
        cost_microusd=written.cost_microusd,
        bandit_version=version.version if version else None,
        chances=tuple(sorted(((a, float(c)) for a, c in chances), key=lambda pair: -pair[1])),
        reason=(
            f"Arms chosen by bandit version {version.version}, which learned from {version.outcomes_used} outcomes."
            if version
            else "Arms chosen from the prior: nothing was learned yet."
        ),
    )
