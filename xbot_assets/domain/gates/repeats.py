"""The gates against saying the same again."""

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.refusal import Refusal


def duplicate(text: str, context: GateContext) -> Refusal | None:
    """Refuse the very words of an earlier post."""
    if context.history.holds(text):
        return Refusal("duplicate", "It repeats an earlier post word for word.")
    return None


def near_duplicate(text: str, context: GateContext) -> Refusal | None:
    """Refuse an earlier post said in other words."""
    nearest = context.history.nearest(text)
    if nearest is None or nearest.score < context.limits.near_duplicate:
        return None
    return Refusal("near_duplicate", "It says the same as an earlier post: choose another idea.")
