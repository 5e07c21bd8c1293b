"""Questions about the queue that planning and publishing ask before they start anything."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements

CHECKED_POSTS = 200
"""Posts whose latest reading is checked for impossible counts."""


@dataclass(frozen=True, slots=True)
class QueuedPost:
    """A post that waits to be published."""

    id: int
    scheduled_at: datetime
    text: str
    topic: str
    format: str


@dataclass(frozen=True, slots=True)
class LastLlmCall:
    """The newest call that was made for a purpose."""

    id: int
    purpose: str
    model: str
    outcome: str
    called_at: datetime
    cost_microusd: int


@dataclass(frozen=True, slots=True)
class ImpossibleReading:
    """A published post whose latest reading shows more likes than views."""

    id: int
    likes: int
    views: int


def queued_posts(db: Statements) -> list[QueuedPost]:
    """Return every post that waits to be published, soonest first."""
    return db.fetch_rows(QueuedPost, "queued_posts")


def waiting_times(db: Statements) -> list[datetime]:
    """Return the time of every waiting post, held ones included, soonest first."""
    return [row["scheduled_at"] for row in db.fetch_all("waiting_times")]


def last_planned(db: Statements) -> datetime | None:
    """Return when posts were last planned, written or not; the owner's own and the pool's do not count."""
    row = db.fetch_one("last_planned")
    return row["planned_at"] if row else None


def post_due_between(db: Statements, start: datetime, end: datetime) -> bool:
    """Say whether a post is being published, or a waiting one is due between these times."""
    row = db.fetch_one("post_due_between", start=start, end=end)
    return bool(row and row["due"])


def post_holder(db: Statements) -> str | None:
    """Return the worker that has a post in hand, or ``None``: there is never more than one."""
    row = db.fetch_one("post_holder")
    return row["claimed_by"] if row else None


def last_llm_call(db: Statements, purpose: str) -> LastLlmCall | None:
    """Return the newest call for a purpose."""
    return db.fetch_row(LastLlmCall, "last_llm_call", purpose=purpose)


def impossible_readings(db: Statements) -> list[ImpossibleReading]:
    """Return recent posts whose latest reading shows more likes than views: the page was read wrongly."""
    return db.fetch_rows(ImpossibleReading, "impossible_readings", limit=CHECKED_POSTS)
