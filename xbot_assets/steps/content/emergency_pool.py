"""The emergency pool: 10 to 20 approved posts that are always ready, kept fresh, and taken when nothing can be written.

Once a week each post is replaced: one older than ``pool_rotate_days`` is retired, which keeps it in the table with the
reason, and the next top-up writes another. When the model cannot be reached, stale posts stay: an old post is better
than none.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from xbot_assets.domain.budget.tiers import TierName
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.domain.learning.features import post_features
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.llm.briefs.brief import PostRequest, WrittenPosts
from xbot_assets.steps.content.gatekeeping import GateJudge, judge_for
from xbot_assets.steps.language_model import brief_for
from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.steps.model_service import rules_in_use
from xbot_assets.steps.product import Product
from xbot_assets.store.content import emergency_pool as pool_store
from xbot_assets.store.content.emergency_pool import PooledPost
from xbot_assets.store.engine.database import Transaction
from xbot_assets.store.publishing import queue as queue_store

POOL_PURPOSE = "pool"
SOURCE = "pool"
POSTS_PER_CALL = 5
"""Posts asked for at once: one refused call then costs little."""


@dataclass(frozen=True, slots=True)
class FallbackPost:
    """A queued post that no model wrote just now."""

    id: int
    text: str
    topic: str
    format: str
    source: str
    scheduled_at: datetime


@dataclass(frozen=True, slots=True)
class TopUp:
    """What one top-up did: ids added and retired, and how many posts the pool holds now."""

    added: tuple[int, ...]
    retired: tuple[int, ...]
    size: int
    cost_microusd: int


def pool_wait(product: Product) -> str | None:
    """Say in words why no top-up is due, or ``None`` when one is: the pool is small, or holds stale posts.

    While the budget is critical, or the API is held, what is left of the day's money is for today's posts.
    """
    now, settings = product.clock.now(), product.settings
    pooled = pool_store.pool_posts(product.database)
    if settings.pool_posts_max == 0 or (len(pooled) >= settings.pool_posts_min and not _stale(product, pooled)):
        return f"{len(pooled)} fresh posts are in the pool."
    budget = budget_now(product.database, settings, now)
    if budget.hold is not None or budget.tier.name is TierName.CRITICAL:
        return "The pool waits until the language model may be used freely again."
    last = queue_store.last_llm_call(product.database, POOL_PURPOSE)
    again = last.called_at + timedelta(minutes=settings.pool_retry_minutes) if last else now
    return None if now >= again else f"The pool is topped up again at {again:%Y-%m-%d %H:%M} UTC."


def top_up(product: Product, rng: np.random.Generator | None = None) -> TopUp:
    """Write posts until the pool is full of fresh ones, then retire the stale ones that they replace.

    Raises:
        ProductError: as ``write_posts``; what was added before stays, and nothing was retired that is not replaced.
    """
    generator = rng if rng is not None else np.random.default_rng()
    added: list[int] = []
    retired: list[int] = []
    cost = 0
    while (lacking := _lacking(product)) > 0:
        batch = _write(product, min(lacking, POSTS_PER_CALL), generator)
        added, retired, cost = [*added, *batch.added], [*retired, *batch.retired], cost + batch.cost_microusd
        if not batch.added:
            break  # every post was refused: the next top-up tries other arms
    return TopUp(tuple(added), tuple(retired), len(pool_store.pool_posts(product.database)), cost)


def take_from_pool(product: Product, count: int, slots: Sequence[datetime]) -> tuple[FallbackPost, ...]:
    """Queue up to ``count`` pooled posts, oldest first, one for each slot.

    Each post is held, judged against what was published since, and queued in one transaction, so that two processes
    never take the same. One that no longer passes is retired with the reason, and the next one is looked at.
    """
    judge = judge_for(product, POOL_PURPOSE, with_pool=False)
    taken = (_take_one(product, judge, slot) for slot in slots[:count])
    return tuple(post for post in taken if post is not None)


def _take_one(product: Product, judge: GateJudge, slot: datetime) -> FallbackPost | None:
    with product.database.transaction() as transaction:
        while (pooled := pool_store.lock_pooled_post(transaction)) is not None:
            refusal = judge.refusal(pooled.text, PostRequest(topic=pooled.topic, format=pooled.format))
            if refusal is None:
                return _queue(product, transaction, pooled, slot)
            _retire(product, transaction, pooled, refusal)
    return None


def _queue(product: Product, transaction: Transaction, pooled: PooledPost, slot: datetime) -> FallbackPost:
    features = {**pooled.features, **post_features(pooled.text)}
    pool_store.queue_pooled_post(transaction, pooled.id, scheduled_at=slot, features=features, now=product.clock.now())
    return FallbackPost(pooled.id, pooled.text, pooled.topic, pooled.format, SOURCE, slot)


def _retire(product: Product, transaction: Transaction, pooled: PooledPost, refusal: Refusal) -> None:
    why = f"{refusal.gate}: {refusal.reason}"
    pool_store.retire_pooled_post(transaction, pooled.id, why, product.clock.now())


def _lacking(product: Product) -> int:
    """Return how many fresh posts the pool could still hold."""
    pooled = pool_store.pool_posts(product.database)
    return product.settings.pool_posts_max - (len(pooled) - len(_stale(product, pooled)))


def _write(product: Product, count: int, rng: np.random.Generator) -> TopUp:
    """Write posts that pass the gates into the pool; those that they replace leave it in the same transaction."""
    arms = [(arm, str(rng.choice(product.account.persona.tones))) for arm in _scarcest_arms(product, count, rng)]
    now, model = product.clock.now(), rules_in_use(product.settings, product.database).saving_model
    brief = brief_for(product.settings, product.database, product.account.persona, arms, now)
    brief = brief.model_copy(update={"purpose": POOL_PURPOSE, "model": model, "effort": product.settings.saving_effort})
    written = product.writer.write_posts(brief, judge_for(product, POOL_PURPOSE, model=model))
    with product.database.transaction() as transaction:
        added = pool_store.add_to_pool(transaction, _pooled(written, now), now)
        retired = _rotate(product, transaction)
        size = len(pool_store.pool_posts(transaction))
    return TopUp(tuple(added), tuple(retired), size, written.cost_microusd)


def _pooled(written: WrittenPosts, now: datetime) -> list[NewPost]:
    return [
        NewPost(
            text=post.text,
            topic=post.topic,
            format=post.format,
            features=post_features(post.text, post.tone),
            source=SOURCE,
            llm_call_id=post.llm_call_id,
            scheduled_at=now,
        )
        for post in written.posts
    ]


def _scarcest_arms(product: Product, count: int, rng: np.random.Generator) -> list[Arm]:
    """Return arms that the pool holds least of, so that any day finds variety there."""
    held = Counter(Arm(post.topic, post.format) for post in pool_store.pool_posts(product.database))
    persona = product.account.persona
    arms = [Arm(topic, post_format) for topic in persona.topic_names for post_format in persona.format_names]
    order = [arms[int(place)] for place in rng.permutation(len(arms))]
    ranked = sorted(order, key=lambda arm: held[arm])
    return [ranked[place % len(ranked)] for place in range(count)]


def _stale(product: Product, pooled: Sequence[PooledPost]) -> list[PooledPost]:
    return [post for post in pooled if post.pooled_at < _fresh_since(product)]


def _fresh_since(product: Product) -> datetime:
    return product.clock.now() - timedelta(days=product.settings.pool_rotate_days)


def _rotate(product: Product, transaction: Transaction) -> list[int]:
    """Retire the stale posts that the pool can do without."""
    spare = len(pool_store.pool_posts(transaction)) - product.settings.pool_posts_min
    now, before = product.clock.now(), _fresh_since(product)
    return pool_store.retire_pooled_before(transaction, before, most=max(0, spare), now=now)
