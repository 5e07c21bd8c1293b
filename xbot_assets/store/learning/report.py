"""Rows of the report of learning."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class ReportedPost:
    """A post with an outcome, its words and its place on X."""

    post_id: int
    text: str
    permalink: str | None
    topic: str
    format: str
    features: dict[str, float]
    source: str
    published_at: datetime
    reward: float
    score: float
    level: float


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """Published posts, and why not all have an outcome: too young, never read, or never seen with views."""

    published: int
    with_outcome: int
    young: int
    next_published_at: datetime | None
    unread: int
    without_views: int


def reported_posts(db: Statements, limit: int) -> list[ReportedPost]:
    """Return the newest posts with an outcome that answer nobody and were not taken down, oldest first."""
    return db.fetch_rows(ReportedPost, "reported_posts", limit=limit)


def outcome_counts(db: Statements, young_since: datetime) -> OutcomeCounts:
    """Count published posts by what they lack; posts after ``young_since`` are too young for an outcome."""
    return db.fetch_row(OutcomeCounts, "outcome_counts", young_since=young_since) or OutcomeCounts(0, 0, 0, None, 0, 0)
