"""Holding all publishing while the account itself is in trouble, until a person says go on.

A session that ended or an account that X locked, suspended or finds too automatic is not a fault of the post in hand:
the post stays in the queue, one alert says what to do, and nothing is sent until ``xbot resume``, or until a session
check disproves the hold. Repeating such a request is what leads from a warning to a suspension.
"""

from collections.abc import Callable
from datetime import datetime

from xbot_assets.domain.failures import ProductError
from xbot_assets.store.alerts import Alert, alert, open_alerts, resolve_alert
from xbot_assets.store.engine.database import Statements

HOLD_PREFIX = "account:"
"""Begins the key of every alert that holds publishing."""


def hold_publishing(db: Statements, failure: ProductError, now: datetime) -> None:
    """Stop publishing until a person resumes it."""
    alert(
        db,
        key=f"{HOLD_PREFIX}{failure.code}",
        severity="critical",
        reason=f"Publishing is on hold: {failure.reason}",
        remedy=f"{failure.remedy} Then run 'xbot resume'.".strip(),
        now=now,
    )


def holds(db: Statements) -> dict[str, Alert]:
    """Return every hold by the code of the failure that led to it, gravest first."""
    found = [told for told in open_alerts(db) if told.key.startswith(HOLD_PREFIX)]
    return {told.key.removeprefix(HOLD_PREFIX): told for told in found}


def hold_reason(db: Statements) -> str | None:
    """Return why publishing is on hold, or ``None`` when it is not."""
    return next((told.reason for told in holds(db).values()), None)


def resume_publishing(
    db: Statements, now: datetime, *, lifts: Callable[[str, Alert], bool] = lambda _code, _hold: True
) -> int:
    """Lift every hold, or those that ``lifts`` says yes to; return how many it were."""
    return sum(resolve_alert(db, told.key, now) for code, told in holds(db).items() if lifts(code, told))
