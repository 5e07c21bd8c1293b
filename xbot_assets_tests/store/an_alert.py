"""An entry of no catalogue: the simplest thing to store."""

from xbot_assets.domain.alerts.entry import ACKNOWLEDGED, AlertEntry

SOMETHING = AlertEntry(
    title="Something", key="{key}", severity="info", sentence="r", remedy="", meaning="None.", ends=ACKNOWLEDGED
)
