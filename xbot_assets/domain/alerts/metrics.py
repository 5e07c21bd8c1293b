"""Alerts about reading results back."""

from xbot_assets.domain.alerts.entry import AlertEntry

METRICS_UNREADABLE = AlertEntry(
    title="Posts cannot be read",
    key="metrics_unreadable",
    severity="warning",
    sentence="Only {read} of {asked} posts could be read: {reason}",
    remedy="Open one of the posts in a browser. If it looks normal, X changed its page: update xbot-assets.",
    meaning="The last reading missed more than a tenth of the posts that were due. What could not be read is not "
    "stored as zero, and what cannot be true (fewer views than before, another post) is kept as evidence in the table "
    "quarantined_readings; both are tried again.",
    ends="A reading gets at least nine of ten posts.",
)

ENTRIES = (METRICS_UNREADABLE,)
