"""Many rows as one parameter: a JSON array that SQL opens with ``jsonb_to_recordset``."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any


def as_rows(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows as JSON text, each with its ``position``; times keep their offset.

    Raises:
        TypeError: a value is neither JSON nor a ``datetime``.
    """
    numbered = [{"position": position, **row} for position, row in enumerate(rows)]
    return json.dumps(numbered, default=_plain, allow_nan=False)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    msg = f"{type(value).__name__} is not a value for a row."
    raise TypeError(msg)
