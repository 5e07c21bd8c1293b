"""The gate of length."""

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.posts.weighted_length import weighted_length


def length(text: str, context: GateContext) -> Refusal | None:
    """Refuse what X would not take."""
    counted, limit = weighted_length(text), context.limits.weighted_chars
    if counted <= limit:
        return None
    return Refusal("length", f"It is too long: X counts {counted} where {limit} are allowed.")
