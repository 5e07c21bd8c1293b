"""The emergency pool: approved posts kept for the day when nothing can be written, and the templates used after them.

A retired post stays in the table with its event: nothing is deleted.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.posts.post import NewPost, fingerprint
from xbot_assets.domain.templates.facts import PublishedTotals
from xbot_assets.store.engine.database import Statements, Transaction
from xbot_assets.store.engine.rows import as_rows


@dataclass(frozen=True, slots=True)
class PooledPost:
    """An approved post that waits for an emergency."""

    id: int
    text: str
    topic: str
    format: str
    features: dict[str, float]
    pooled_at: datetime
    llm_call_id: int | None


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A template, what it was filled with, and the text that it became."""

    template: str
    subject: str
    used_at: datetime
    text: str


def add_to_pool(db: Statements, posts: Sequence[NewPost], now: datetime) -> list[int]:
    """Keep approved posts; return the ids of those that were not pooled already."""
    rows = [post.model_dump() | {"fingerprint": fingerprint(post.text)} for post in posts]
    return [row["id"] for row in db.fetch_all("add_to_pool", rows=as_rows(rows), now=now)]


def pool_posts(db: Statements) -> list[PooledPost]:
    """Return every pooled post, oldest first."""
    return db.fetch_rows(PooledPost, "pool_posts")


def lock_pooled_post(transaction: Transaction) -> PooledPost | None:
    """Hold the oldest pooled post that no other process holds, until the transaction ends.

    One whose text waits in the queue is passed over.
    """
    return transaction.fetch_row(PooledPost, "lock_pooled_post")


def queue_pooled_post(
    db: Statements, post_id: int, *, scheduled_at: datetime, features: Mapping[str, float], now: datetime
) -> bool:
    """Move emergency_pool -> queued; ``False`` when it is in the pool no longer."""
    values = {"scheduled_at": scheduled_at, "features": json.dumps(dict(features)), "now": now}
    return db.execute("queue_pooled_post", id=post_id, **values) > 0


def retire_pooled_post(db: Statements, post_id: int, why: str, now: datetime) -> bool:
    """Move emergency_pool -> retired because a gate refuses it now; ``why`` goes into its events."""
    return db.execute("retire_pooled_post", id=post_id, why=why, now=now) > 0


def retire_pooled_before(db: Statements, before: datetime, *, most: int, now: datetime) -> list[int]:
    """Retire up to ``most`` posts pooled before a time, oldest first; return their ids."""
    return [row["id"] for row in db.fetch_all("retire_pooled_before", before=before, most=most, now=now)]


def insert_template_use(db: Statements, template: str, subject: str, post_id: int, now: datetime) -> None:
    """Note which template, filled with what, became which post."""
    db.execute("insert_template_use", template=template, subject=subject, post_id=post_id, now=now)


def template_uses_since(db: Statements, since: datetime) -> list[TemplateUse]:
    """Return the templates used since then, oldest first."""
    return db.fetch_rows(TemplateUse, "template_uses_since", since=since)


def posts_by_source(db: Statements, since: datetime) -> dict[str, int]:
    """Count the posts planned since then by source, without failed, pooled and retired ones."""
    return {row["source"]: row["posts"] for row in db.fetch_all("posts_by_source", since=since)}


def published_totals(db: Statements) -> list[PublishedTotals]:
    """Return how many posts are on X and what they earned, by topic and format."""
    return db.fetch_rows(PublishedTotals, "published_totals")


def first_published(db: Statements) -> datetime | None:
    """Return when the first post went out."""
    row = db.fetch_one("first_published")
    return row["at"] if row else None


def newest_published(db: Statements, limit: int) -> list[datetime]:
    """Return when the newest posts went out, newest first."""
    return [row["published_at"] for row in db.fetch_all("newest_published", limit=limit)]
