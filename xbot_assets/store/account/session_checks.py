"""Whether the stored session was still logged in, each time it was asked."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from xbot_assets.store.engine.database import Statements
from xbot_assets.x.account_state import AccountState, SessionState


class Login(BaseModel):
    """What a check found. ``handle`` is the account that X showed, if it showed one."""

    model_config = ConfigDict(frozen=True)

    state: SessionState
    handle: str | None = None


class SessionCheck(Login):
    """One stored check, on the product's clock."""

    checked_at: AwareDatetime


def insert_session_check(db: Statements, login: Login, now: datetime) -> None:
    """Keep what a check found."""
    db.execute("insert_session_check", state=login.state, handle=login.handle, now=now)


def last_session_check(db: Statements) -> SessionCheck | None:
    """Return the newest check, or ``None`` when there never was one."""
    row = db.fetch_one("last_session_check")
    return SessionCheck(**row) if row else None


def states_since(db: Statements, since: datetime) -> set[AccountState]:
    """Return every state that a check saw from ``since`` on."""
    return {AccountState(row["state"]) for row in db.fetch_all("session_states_since", since=since)}
