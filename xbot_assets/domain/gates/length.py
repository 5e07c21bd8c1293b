"""The gate of length."""

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.posts.weighted_length import length_problem


def length(text: str, context: GateContext) -> Refusal | None:
    """Refuse what X would not take, or the browser step could not type."""
    problem = length_problem(text, context.limits.weighted_chars)
    return Refusal("length", problem) if problem else None
