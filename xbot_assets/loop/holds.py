"""Holding all publishing while the account itself is in trouble, until a person says go on.

A session that ended or an account that X locked, suspended or finds too automatic is not a fault of the post in hand:
the post stays in the queue, one alert says what to do, and nothing is sent until ``xbot resume``. Repeating such a
request is what leads from a warning to a suspension. Keep out: the states of posts (``store/posts.py``).
"""

from datetime import datetime

from xbot_assets.browser.session_failures import SESSION_CODES
from xbot_assets.domain.failures import ProductError
from xbot_assets.store.alerts import alert, open_alerts, resolve_alert
from xbot_assets.store.database import Database

ACCOUNT_CODES = SESSION_CODES | {"logged_out", "locked", "suspended", "challenge", "looks_automated"}
"""Failures of the account, as ``browser/pages`` names them, and of its sealed session."""
HOLD_PREFIX = "account:"
"""Begins the key of every alert that holds publishing."""


def hold_publishing(database: Database, failure: ProductError, now: datetime) -> None:
    """Stop publishing until a person resumes it."""
    alert(
        database,
        key=f"{HOLD_PREFIX}{failure.code}",
        severity="critical",
        reason=f"Publishing is on hold: {failure.reason}",
        remedy=f"{failure.remedy} Then run 'xbot resume'.".strip(),
        now=now,
    )


def hold_reason(database: Database) -> str | None:
    """Return why publishing is on hold, or ``None`` when it is not."""
    held = [found for found in open_alerts(database) if found.key.startswith(HOLD_PREFIX)]
    return held[0].reason if held else None


def resume_publishing(database: Database, now: datetime) -> int:
    """Lift every hold; return how many there were."""
    held = [found.key for found in open_alerts(database) if found.key.startswith(HOLD_PREFIX)]
    return sum(resolve_alert(database, key, now) for key in held)
