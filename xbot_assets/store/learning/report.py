"""Rows of the report of learning."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements
from xbot_assets.store.outcome_pages import pages_of_outcomes


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
class WaitingOutcomes:
    """Posts without an outcome, by why: too young, never read, never seen with views, or not computed yet."""

    young: int
    next_published_at: datetime | None
    unread: int
    without_views: int
    uncounted: int

    @property
    def posts(self) -> int:
        """All of them."""
        return self.young + self.unread + self.without_views + self.uncounted


@dataclass(frozen=True, slots=True)
class WeekOfRule:
    """What the posts of one week earned that one way of learning chose, alone or in a test."""

    week: datetime
    rule: str
    in_test: bool
    posts: int
    mean: float
    deviation: float | None


def reported_posts(db: Statements, limit: int) -> list[ReportedPost]:
    """Return the newest posts with an outcome that answer nobody and were not taken down, oldest first."""
    rows = [
        row
        for page in pages_of_outcomes(db, limit)
        for row in db.fetch_rows(ReportedPost, "reported_posts", first=page.first, last=page.last)
    ]
    return sorted(rows, key=lambda row: (row.published_at, row.post_id))


def waiting_outcomes(db: Statements, *, since: datetime, young_since: datetime) -> WaitingOutcomes:
    """Count posts published since a time that have no outcome; those after ``young_since`` are too young for one."""
    times = {"since": since, "young_since": young_since}
    return db.fetch_row(WaitingOutcomes, "waiting_outcomes", **times) or WaitingOutcomes(0, None, 0, 0, 0)


def weeks_of_rules(db: Statements, limit: int) -> list[WeekOfRule]:
    """Return what the newest outcomes say of each champion's way of learning, newest week first."""
    return db.fetch_rows(WeekOfRule, "weeks_of_rules", limit=limit)
