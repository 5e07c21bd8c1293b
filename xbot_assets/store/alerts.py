"""Alerts: everything a person must act on, kept until resolved, with an outbox that loses nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.alerts.entry import AlertEntry, Severity
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.masking import mask
from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class Alert:
    """One open alert. Times are on the product's clock."""

    id: int
    key: str
    severity: Severity
    reason: str
    remedy: str
    raised_at: datetime
    last_seen_at: datetime
    times_seen: int


def alert(
    db: Statements,
    entry: AlertEntry,
    *,
    now: datetime,
    cause: ProductError | None = None,
    counted: bool = True,
    **fields: object,
) -> bool:
    """Raise an alert of the catalogue, or count it again when one with its key is open.

    The alert and its notice are stored by one statement, so neither exists without the other. An open alert
    takes over the newer words and the graver severity. It only tells: nothing is decided by whether one is open.

    Args:
        db: the database, or a transaction to raise the alert in.
        entry: what it is.
        now: the product's time.
        cause: the failure that it tells of, which is marked as told: who sees it later opens no other alert.
        counted: whether an open alert is counted again and takes over the newer words.
        fields: what the entry's templates name.

    Returns:
        Whether it was newly raised.
    """
    words = entry.render(**fields)
    row = db.fetch_one(
        "raise_alert" if counted else "raise_alert_once",
        key=words.key,
        severity=words.severity,
        reason=mask(words.reason),
        remedy=mask(words.remedy),
        now=now,
    )
    if cause is not None:
        cause.told_by = words.key
    return bool(row and row["is_new"])


def resolve_alert(db: Statements, entry: AlertEntry, now: datetime, **key_fields: object) -> bool:
    """Close an open alert and queue the notice of it; ``False`` when none is open."""
    return db.execute("resolve_alert", key=entry.key_of(**key_fields), now=now) > 0


def resolve_every(db: Statements, entry: AlertEntry, now: datetime, kept: Collection[str] = ()) -> int:
    """Close every open alert of an entry, whatever its fields, but for the ``kept`` keys; return how many it were."""
    return db.execute("resolve_alerts_of_entry", prefix=entry.prefix, now=now, kept=list(kept))


def acknowledge_alert(db: Statements, key: str, who: str, now: datetime) -> None:
    """Close an open alert because a person has read it. No state changes: it is raised again when its cause is seen.

    Raises:
        PermanentFailure: ``no_such_alert``.
    """
    if not db.execute("acknowledge_alert", key=key, who=who, now=now):
        raise PermanentFailure(
            f"No alert '{key}' is open.",
            code=FailureCode.NO_SUCH_ALERT,
            remedy="'xbot alerts list' shows those that are.",
        )


def open_alerts(db: Statements) -> list[Alert]:
    """Return the open alerts, gravest first, then oldest first."""
    return db.fetch_rows(Alert, "open_alerts")


def alert_counts(db: Statements) -> dict[str, int]:
    """Return how many alerts of each severity are open, for figures."""
    return {row["severity"]: row["alerts"] for row in db.fetch_all("alert_counts")}


def notices_waiting(db: Statements) -> int:
    """Return how many notices wait for a channel, for figures."""
    row = db.fetch_one("notices_waiting")
    return row["notices"] if row else 0
