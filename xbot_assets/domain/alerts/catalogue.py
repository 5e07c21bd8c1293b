"""Every alert there is, by subject."""

from xbot_assets.domain.alerts import account, content, engagement, learning, metrics, operations, publishing
from xbot_assets.domain.alerts.entry import AlertEntry

SUBJECTS: dict[str, tuple[AlertEntry, ...]] = {
    "The account": account.ENTRIES,
    "Publishing": publishing.ENTRIES,
    "Content": content.ENTRIES,
    "Metrics": metrics.ENTRIES,
    "Learning": learning.ENTRIES,
    "Engagement": engagement.ENTRIES,
    "Operations": operations.ENTRIES,
}
CATALOGUE = tuple(entry for entries in SUBJECTS.values() for entry in entries)


def entry_of(key: str) -> AlertEntry | None:
    """Return the entry that an alert's key belongs to; ``None`` for one that an earlier version raised."""
    return next((entry for entry in CATALOGUE if entry.has(key)), None)
