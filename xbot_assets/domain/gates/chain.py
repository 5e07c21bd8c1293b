"""The gates in their order: what costs little and judges surely comes first, what needs the history last."""

from collections.abc import Callable

from xbot_assets.domain.gates.claims import claims
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.form import form
from xbot_assets.domain.gates.language import language
from xbot_assets.domain.gates.length import length
from xbot_assets.domain.gates.links import links
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.gates.repeats import duplicate, near_duplicate
from xbot_assets.domain.gates.safety import safety
from xbot_assets.domain.gates.substance import substance

Gate = Callable[[str, GateContext], Refusal | None]

GATES: dict[str, Gate] = {
    "length": length,
    "substance": substance,
    "format": form,
    "links": links,
    "claims": claims,
    "safety": safety,
    "language": language,
    "duplicate": duplicate,
    "near_duplicate": near_duplicate,
}
"""Every gate by the name it is stored and plotted under, in order."""


def first_refusal(text: str, context: GateContext) -> Refusal | None:
    """Return the refusal of the first gate that the text does not pass, or None when it passes all."""
    return next((refusal for gate in GATES.values() if (refusal := gate(text, context))), None)
