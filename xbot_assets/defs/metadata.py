"""What assets tell Dagster of themselves, as values that its event log can store."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import dagster as dg


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever Dagster takes as metadata
    """Return a metadata value in which every enumeration is its plain value.

    Dagster takes a ``StrEnum`` for text and fails when the event is stored, long after the asset has done its work.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple) and type(value) in {list, tuple}:
        return [plain(inner) for inner in value]
    return value


def materialized(metadata: Mapping[str, Any]) -> dg.MaterializeResult[None]:
    """Return the result of a materialization that tells this."""
    return dg.MaterializeResult(metadata=plain(metadata))
