"""From what X answers to posts as the rules see them, and from those to rows: the one place that translates."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from xbot_assets.domain.engagement.filters import FilterName, FilterRules, Standing, first_filter
from xbot_assets.domain.engagement.seen import SeenCounts, SeenPost
from xbot_assets.domain.identifiers import HANDLE
from xbot_assets.steps.product import Product
from xbot_assets.store.engagement import authors as author_store
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engine.database import Statements
from xbot_assets.x.answers import PostReading

Sourced = tuple[str, SeenPost]
"""Where a post was seen (``search``, ``tracked``, or how it turned to us) and the post."""
_INBOUND = frozenset({"reply", "mention", "quote"})


def seen_of(post: PostReading, now: datetime) -> SeenPost | None:
    """Return a reading as the rules see it; ``None`` for one without id or time, or from a handle that is none.

    A repost is none of its reposter's words, and a text that is cut or translated is not its author's.
    """
    if post.post_id is None or post.created_at is None or not HANDLE.fullmatch(post.handle):
        return None
    counts = post.counts.model_dump()
    return SeenPost(
        x_post_id=post.post_id,
        handle=post.handle,
        text=post.text or "",
        lang=post.lang,
        created_at=post.created_at,
        conversation_id=post.conversation_id or post.in_reply_to or post.post_id,
        counts=SeenCounts(read_at=now, **counts),
        in_reply_to=post.in_reply_to,
        in_reply_to_handle=post.in_reply_to_handle,
        quoted=tuple(box.handle for box in post.quoted if box.handle),
        sensitive=bool(post.sensitive),
        promoted=post.promoted,
        automated=bool(post.author.labelled_automated),
        blocked=bool(post.author.blocked or post.author.muted),
    )


def filter_rules(product: Product) -> FilterRules:
    """Return what the owner set of whom to answer."""
    settings = product.settings
    return FilterRules(
        own=product.account.handle,
        language=product.account.persona.language,
        max_age=timedelta(hours=settings.opportunity_hours),
        inbound_max_age=timedelta(hours=settings.inbound_answer_hours),
        turns=settings.replies_per_thread_max,
        automated_turns=settings.replies_automated_turns_max,
    )


def store_seen(
    product: Product, db: Statements, seen: Sequence[Sourced], now: datetime
) -> list[opportunity_store.StoredOpportunity]:
    """Store what was seen, each with the filter that refuses it if one does, and its counts; return what was new."""
    if not seen:
        return []
    rules = filter_rules(product)
    unanswerable = author_store.unanswerable_among(db, [post.handle for _, post in seen])
    turns = opportunity_store.turns_in(db, [post.conversation_id for _, post in seen])
    rows = []
    for source, post in seen:
        standing = Standing(
            now=now,
            inbound=source in _INBOUND,
            unanswerable=post.handle.lower() in unanswerable,
            turns=turns.get(post.conversation_id, 0),
        )
        age = rules.inbound_max_age if standing.inbound else rules.max_age
        rows.append(_row(source, post, first_filter(post, rules, standing), post.created_at + age))
    new = opportunity_store.store_opportunities(db, rows, now)
    store_counts(product, db, [post for _, post in seen])
    return new


def store_counts(product: Product, db: Statements, seen: Iterable[SeenPost]) -> None:
    """Store what open posts have earned by now."""
    gap = timedelta(minutes=product.settings.velocity_gap_minutes)
    rows = ({"x_post_id": post.x_post_id, **asdict(post.counts)} for post in seen)
    opportunity_store.store_readings(db, rows, gap)


def _row(source: str, post: SeenPost, refused: FilterName | None, expires_at: datetime) -> dict[str, Any]:
    return {
        "x_post_id": post.x_post_id,
        "handle": post.handle,
        "source": source,
        "state": "filtered" if refused else "open",
        "reason": str(refused or ""),
        "text": post.text,
        "lang": post.lang,
        "in_reply_to": post.in_reply_to,
        "conversation_id": post.conversation_id,
        "automated": post.automated,
        "created_at": post.created_at,
        "expires_at": expires_at,
    }
