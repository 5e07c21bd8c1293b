"""Questions about the queue that planning and publishing ask before they start anything."""

from datetime import datetime

from xbot_assets.store.engine.database import Row, Statements

CHECKED_POSTS = 200
"""Posts whose latest reading is checked for impossible counts."""


def queued_posts(db: Statements) -> list[Row]:
    """Return ``id, scheduled_at, text, topic, format`` of every waiting post, soonest first."""
    return db.fetch_all("queued_posts")


def waiting_times(db: Statements) -> list[datetime]:
    """Return the time of every waiting post, held ones included, soonest first."""
    return [row["scheduled_at"] for row in db.fetch_all("waiting_times")]


def last_planned(db: Statements) -> datetime | None:
    """Return when posts were last planned, written or not; the owner's own and the pool's do not count."""
    row = db.fetch_one("last_planned")
    return row["planned_at"] if row else None


def stale_posts(db: Statements, before: datetime) -> list[Row]:
    """Return ``id, scheduled_at`` of every waiting post that was due before a time, oldest first.

    A thread that was not begun is judged by its first segment; the rest of a begun one as any post.
    """
    return db.fetch_all("stale_posts", before=before)


def post_due_between(db: Statements, start: datetime, end: datetime) -> bool:
    """Say whether a post is being published, or a waiting one is due between these times."""
    row = db.fetch_one("post_due_between", start=start, end=end)
    return bool(row and row["due"])


def post_holder(db: Statements) -> str | None:
    """Return the worker that has a post in hand, or ``None``: there is never more than one."""
    row = db.fetch_one("post_holder")
    return row["claimed_by"] if row else None


def last_llm_call(db: Statements, purpose: str) -> Row | None:
    """Return ``id, purpose, model, outcome, called_at, cost_microusd`` of the newest call for a purpose."""
    return db.fetch_one("last_llm_call", purpose=purpose)


def impossible_readings(db: Statements) -> list[Row]:
    """Return recent posts whose latest reading shows more likes than views: the page was read wrongly."""
    return db.fetch_all("impossible_readings", limit=CHECKED_POSTS)
