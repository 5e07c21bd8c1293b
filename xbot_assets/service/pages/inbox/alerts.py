"""The part of the Inbox about alerts that only a person ends."""

from collections.abc import Callable, Mapping

from xbot_assets.domain.alerts.catalogue import entry_of
from xbot_assets.domain.alerts.entry import ACKNOWLEDGED
from xbot_assets.steps.publishing.approval import ReviewContext
from xbot_assets.store.alerts import Alert, acknowledge_alert, open_alerts
from xbot_assets.store.engine.database import Statements

ALERT_DONE = {"read": "It is noted that you have read it."}
"""What the page says after each action."""


def alerts_to_acknowledge(database: Statements) -> list[Alert]:
    """Return the open alerts that nothing but a person ends, those of earlier versions among them."""
    return [alert for alert in open_alerts(database) if ends_by_person(alert)]


def ends_by_person(alert: Alert) -> bool:
    """Say whether nothing but a person ends an alert."""
    entry = entry_of(alert.key)
    return entry is None or entry.ends == ACKNOWLEDGED


def _read(review: ReviewContext, alert_id: int, who: str, _fields: Mapping[str, str]) -> None:
    key = next((alert.key for alert in open_alerts(review.database) if alert.id == alert_id), f"number {alert_id}")
    acknowledge_alert(review.database, key, who, review.clock.now())


ALERT_DECISIONS: dict[str, Callable[[ReviewContext, int, str, Mapping[str, str]], None]] = {"read": _read}
"""What each action of the page does, by the alert's number."""
