"""What the database is like: its size, who is connected, and which statements cost most. Real time throughout."""

from dataclasses import dataclass
from datetime import date, datetime

from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class DatabaseFigures:
    """The database and its server. ``active`` are the connections that a statement runs on."""

    bytes: int
    connections: int
    active: int
    started_at: datetime
    version: str


@dataclass(frozen=True, slots=True)
class StatementCost:
    """One named statement over some days; milliseconds as its processes saw them, waits included."""

    name: str
    calls: int
    mean_ms: float
    max_ms: float
    slow_calls: int


def database_figures(db: Statements) -> DatabaseFigures | None:
    """Return what the database is like."""
    return db.fetch_row(DatabaseFigures, "database_figures")


def costliest_statements(db: Statements, day: date, limit: int) -> list[StatementCost]:
    """Return the statements that took most time in all since a day, costliest first."""
    return db.fetch_rows(StatementCost, "costliest_statements", day=day, limit=limit)
