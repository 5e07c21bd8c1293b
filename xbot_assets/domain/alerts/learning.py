"""Alerts about learned models."""

from xbot_assets.domain.alerts.entry import ACKNOWLEDGED, AlertEntry

MODEL_ROLLED_BACK = AlertEntry(
    title="A learned model was taken back",
    key="model_rolled_back:{kind}",
    severity="info",
    sentence="The {kind} {version} was shown to be worse than what it had replaced, and was taken back: {reason}",
    remedy="Nothing has to be done. The view Insights has the numbers; XBOT_MODELS_HELD keeps every model as it is.",
    meaning="Each champion is tested against its predecessor while it has the seat. The posts have proven that the "
    "predecessor is better, so it has the seat again.",
    ends=ACKNOWLEDGED,
)

ENTRIES = (MODEL_ROLLED_BACK,)
