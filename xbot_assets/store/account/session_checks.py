"""Whether the stored session was still logged in, each time it was asked."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements
from xbot_assets.x.account_state import AccountState, SessionState


@dataclass(frozen=True, slots=True)
class Login:
    """What a check found. ``handle`` is the account that X showed, if it showed one."""

    state: SessionState
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class SessionCheck:
    """One stored check, on the product's clock; ``state`` and ``handle`` are those of its :class:`Login`."""

    state: AccountState
    handle: str | None
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class _CheckRow:
    """The same as it is stored."""

    state: str
    handle: str | None
    checked_at: datetime


def insert_session_check(db: Statements, login: Login, now: datetime) -> None:
    """Keep what a check found."""
    db.execute("insert_session_check", state=login.state, handle=login.handle, now=now)


def last_session_check(db: Statements) -> SessionCheck | None:
    """Return the newest check, or ``None`` when there never was one."""
    row = db.fetch_row(_CheckRow, "last_session_check")
    return SessionCheck(AccountState(row.state), row.handle, row.checked_at) if row else None


def states_since(db: Statements, since: datetime) -> set[AccountState]:
    """Return every state that a check saw from ``since`` on."""
    return {AccountState(row["state"]) for row in db.fetch_all("session_states_since", since=since)}
