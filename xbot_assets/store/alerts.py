"""Alerts: everything a person must act on, kept until resolved, with an outbox that loses nothing."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from xbot_assets.store.engine.database import Statements

Severity = Literal["info", "warning", "critical"]


class Alert(BaseModel):
    """One open alert. Times are on the product's clock."""

    model_config = ConfigDict(frozen=True)

    id: int
    key: str
    severity: Severity
    reason: str
    remedy: str
    raised_at: datetime
    last_seen_at: datetime
    times_seen: int


class Notice(BaseModel):
    """One message of the outbox that no channel has taken yet."""

    model_config = ConfigDict(frozen=True)

    id: int
    event: Literal["raised", "resolved"]
    created_at: datetime
    attempts: int
    key: str
    severity: Severity
    reason: str
    remedy: str


def alert(db: Statements, *, key: str, severity: Severity, reason: str, remedy: str, now: datetime) -> bool:
    """Raise an alert, or count it again when one with this key is open.

    The alert and its notice are stored by one statement, so neither exists without the other. An open alert
    takes over the newer words and the graver severity.

    Args:
        db: the database, or a transaction to raise the alert in.
        key: what the alert is about; one alert per key is open at a time.
        severity: how bad it is.
        reason: what is wrong, in words for the owner; no secret.
        remedy: what the owner can do.
        now: the product's time.

    Returns:
        Whether it was newly raised.
    """
    row = db.fetch_one("raise_alert", key=key, severity=severity, reason=reason, remedy=remedy, now=now)
    return bool(row and row["is_new"])


def resolve_alert(db: Statements, key: str, now: datetime) -> bool:
    """Close the open alert with this key and queue the notice of it; ``False`` when none is open."""
    return db.execute("resolve_alert", key=key, now=now) > 0


def open_alerts(db: Statements) -> list[Alert]:
    """Return the open alerts, gravest first, then oldest first."""
    return [Alert(**row) for row in db.fetch_all("open_alerts")]


def waiting_notices(db: Statements, limit: int) -> list[Notice]:
    """Return the oldest notices that were not sent yet."""
    return [Notice(**row) for row in db.fetch_all("waiting_notices", limit=limit)]


def mark_sent(db: Statements, notice_id: int, now: datetime) -> bool:
    """Note that a channel took the notice; ``False`` when it was marked before."""
    return db.execute("mark_notice_sent", id=notice_id, now=now) > 0


def mark_send_failed(db: Statements, notice_id: int, error: str) -> None:
    """Count a failed attempt and keep its reason; the notice goes on waiting."""
    db.execute("mark_notice_failed", id=notice_id, error=error)
