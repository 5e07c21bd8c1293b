"""Pages that could not be read, kept without what belongs to the session."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements
from xbot_assets.x.answers import PageEvidence


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A page that could not be read: when, by which operation, where, and why."""

    id: int
    seen_at: datetime
    operation: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The same with the page's outline: its elements, line by line."""

    id: int
    seen_at: datetime
    operation: str
    path: str
    reason: str
    outline: str


@dataclass(frozen=True, slots=True)
class _Kept:
    id: int


def keep_evidence(db: Statements, page: PageEvidence, *, operation: str, now: datetime, since: datetime) -> int | None:
    """Keep a page; return its number, or ``None`` when another one was kept after ``since``."""
    told = page.model_dump()
    kept = db.fetch_row(_Kept, "keep_page_evidence", now=now, since=since, operation=operation, **told)
    return kept.id if kept else None


def newest_evidence(db: Statements, limit: int) -> list[EvidenceLine]:
    """Return what was kept, newest first."""
    return db.fetch_rows(EvidenceLine, "newest_page_evidence", limit=limit)


def evidence(db: Statements, number: int) -> Evidence | None:
    """Return one page."""
    return db.fetch_row(Evidence, "page_evidence", id=number)
