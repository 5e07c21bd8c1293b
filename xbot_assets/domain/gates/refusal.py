"""What a gate says when it refuses a text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text may not be published.

    Args:
        gate: the name of the gate that refused it, as it is stored and plotted.
        reason: what is wrong, in words that tell the writer what to change. It never quotes the text, so it may be
            sent back to the language model.
    """

    gate: str
    reason: str
