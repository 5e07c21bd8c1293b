"""What the database says of itself: its connections, its statements, its size."""

from dataclasses import dataclass
from datetime import date, timedelta

from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class SessionCount:
    """Connections in one state, and the age in seconds of the oldest transaction among them."""

    state: str
    sessions: int
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class StatementTiming:
    """What one named statement cost since a day: all processes together, real milliseconds."""

    name: str
    calls: int
    total_ms: float
    max_ms: float
    slow_calls: int


@dataclass(frozen=True, slots=True)
class ConnectionsTaken:
    """How many connections ordinary roles may have at the whole server, and how many there are."""

    connections: int
    taken: int


@dataclass(frozen=True, slots=True)
class LeakedSession:
    """A connection that holds a transaction open and does nothing."""

    pid: int
    application_name: str
    idle_seconds: float


def database_sessions(db: Statements) -> list[SessionCount]:
    """Return the connections to this database by their state."""
    return db.fetch_rows(SessionCount, "database_sessions")


def statement_timings(db: Statements, since: date) -> list[StatementTiming]:
    """Return what each statement cost since a day, the costliest first."""
    return db.fetch_rows(StatementTiming, "statement_timings_since", day=since)


def connections_taken(db: Statements) -> ConnectionsTaken:
    """Return how many connections the server has, and how many it takes."""
    return db.fetch_row(ConnectionsTaken, "connections_allowed") or ConnectionsTaken(0, 0)


def leaked_sessions(db: Statements, longer: timedelta) -> list[LeakedSession]:
    """Return the connections that hold a transaction open and have done nothing for longer than this."""
    return db.fetch_rows(LeakedSession, "leaked_sessions", longer=longer)
