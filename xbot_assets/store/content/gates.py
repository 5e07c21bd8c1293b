"""What the gates compare with and what they judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows

JUDGED_AGAINST_MAX = 2500
"""So many texts of posts, and of imported ones, are compared with: 27 a day for 90 days."""


class Judgement(BaseModel):
    """One judged text. ``gate`` and ``reason`` are ``None`` when it passed, ``model`` when no model wrote it."""

    model_config = ConfigDict(frozen=True)

    judged_at: AwareDatetime
    text: str
    topic: str
    format: str
    purpose: str
    model: str | None = None
    gate: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class JudgementCount:
    """How many texts of a UTC day a gate refused, or how many passed when there is no gate."""

    day: datetime
    gate: str | None
    texts: int


@dataclass(frozen=True, slots=True)
class RefusedText:
    """A text that a gate refused, with the reason."""

    judged_at: datetime
    gate: str
    reason: str | None
    purpose: str
    model: str | None
    topic: str
    format: str
    text: str


def judged_against(db: Statements, since: datetime, *, with_pool: bool) -> list[str]:
    """Return texts published or planned since then, and imported ones, in no order; of each the newest 2,500 at most.

    Args:
        db: the database.
        since: the product's time.
        with_pool: also those in the emergency pool; without them when a pooled post is itself judged.
    """
    given = {"since": since, "with_pool": with_pool, "limit": JUDGED_AGAINST_MAX}
    return [row["text"] for row in db.fetch_all("judged_against", **given)]


def insert_judgements(db: Statements, judgements: Iterable[Judgement]) -> int:
    """Store judgements and return how many."""
    return db.execute("insert_judgements", rows=as_rows(judgement.model_dump() for judgement in judgements))


def judgements_by_day(db: Statements, since: datetime) -> list[JudgementCount]:
    """Count the judgements since then by day and gate, oldest day first."""
    return db.fetch_rows(JudgementCount, "judgements_by_day", since=since)


def recent_refusals(db: Statements, limit: int) -> list[RefusedText]:
    """Return the newest refused texts with gate and reason, newest first."""
    return db.fetch_rows(RefusedText, "recent_refusals", limit=limit)
