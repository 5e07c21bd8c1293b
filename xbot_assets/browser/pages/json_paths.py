"""Steps into JSON whose shape is X's to change."""

from collections.abc import Mapping
from typing import Any


def at(node: object, *path: str) -> Any:  # noqa: ANN401 - JSON has no static type
    """Return what lies at ``path``, or ``None`` when any step of it is missing."""
    for step in path:
        if not isinstance(node, Mapping):
            return None
        node = node.get(step)
    return node
