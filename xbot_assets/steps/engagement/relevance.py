"""Judging how well posts by others fit: by the model within its share of the budget, else by the topics' words."""

from collections.abc import Sequence
from dataclasses import dataclass

from xbot_assets.domain.engagement.relevance import keyword_relevance
from xbot_assets.domain.failures import ProductError
from xbot_assets.llm.briefs.relevance import RELEVANCE_PURPOSE, RelevanceBrief
from xbot_assets.steps.llm_budget import share_used_up
from xbot_assets.steps.model_service import rules_in_use
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engagement.opportunities import UnjudgedOpportunity

MOST_AT_ONCE = 200
"""Posts judged after one harvest; what is left is judged after the next."""


@dataclass(slots=True)
class JudgedPosts:
    """How many posts were judged by whom, what it cost, and why words judged where they did."""

    by_model: int = 0
    by_keywords: int = 0
    cost_microusd: int = 0
    why_keywords: str = ""


def judge_relevance(product: Product) -> JudgedPosts:
    """Judge every open post of the pool that nobody has judged.

    Once the model cannot be asked, for whatever reason, words judge the rest of this harvest: a pool without an order
    would be worth nothing.
    """
    judged, size = JudgedPosts(), product.settings.relevance_batch
    waiting = opportunity_store.unjudged(product.database, product.clock.now(), MOST_AT_ONCE)
    for start in range(0, len(waiting), size):
        batch = waiting[start : start + size]
        judged.why_keywords = judged.why_keywords or _share_used_up(product)
        if not judged.why_keywords:
            _by_model(product, batch, judged)
        if judged.why_keywords:
            _by_keywords(product, batch, judged)
    return judged


def _share_used_up(product: Product) -> str:
    """Say that judging has used its share of the day's budget, or nothing."""
    settings, now = product.settings, product.clock.now()
    used_up = share_used_up(product.database, settings, now, RELEVANCE_PURPOSE, settings.relevance_share_percent)
    return "Judging has used its share of the day's budget." if used_up else ""


def _by_model(product: Product, batch: Sequence[UnjudgedOpportunity], judged: JudgedPosts) -> None:
    """Ask the saving model; a post that it gives no number for is judged by words."""
    rules = rules_in_use(product.settings, product.database)
    brief = RelevanceBrief(
        persona=product.account.persona,
        texts=tuple(post.text for post in batch),
        model=rules.saving_model,
        effort=rules.saving_effort,
    )
    try:
        answer = product.writer.judge_relevance(brief)
    except ProductError as failure:
        judged.why_keywords = failure.reason
        return
    told = {post.x_post_id: score for post, score in zip(batch, answer.scores, strict=True) if score is not None}
    opportunity_store.store_relevance(product.database, told, "model")
    judged.by_model += len(told)
    judged.cost_microusd += answer.cost_microusd
    _by_keywords(product, [post for post in batch if post.x_post_id not in told], judged)


def _by_keywords(product: Product, batch: Sequence[UnjudgedOpportunity], judged: JudgedPosts) -> None:
    topics = product.account.persona.topics
    scores = {post.x_post_id: keyword_relevance(post.text, topics) for post in batch}
    opportunity_store.store_relevance(product.database, scores, "keywords")
    judged.by_keywords += len(scores)
