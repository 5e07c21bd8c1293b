"""Values that cannot be meant: bytes that are no UTF-8, and control characters, in a setting or in a path."""

import re
from collections.abc import Mapping
from pathlib import Path

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tab and line ends; lone surrogates are what Python makes of bytes that are no UTF-8."""
_NO_PATH = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff*?\[]")
"""Files of one line, PostgreSQL's own among them, name the data directory: its path has no line break. Dagster looks
for its settings there by a pattern, and without them would quietly keep its runs elsewhere."""


def unreadable_values(values: Mapping[str, str], prefix: str, home: Path) -> list[str]:
    """Return a sentence for each value that cannot be meant, without the value.

    Args:
        values: what the environment and ``.env`` set, by its whole name.
        prefix: what every name begins with.
        home: the data directory.
    """
    told = [
        f"{name}: it holds {_what(bad[0])}."
        for name, value in sorted(values.items())
        if name != f"{prefix}HOME" and (bad := _NO_TEXT.search(value))
    ]
    if bad := _NO_PATH.search(str(home)):
        told.append(f"{prefix}HOME: the path of the data directory holds {_what(bad[0])}; use another place.")
    return told


def _what(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "bytes that are not UTF-8 text"
    if character in "*?[":
        return f"{character!r}, which Dagster takes for a pattern"
    return f"a control character (U+{ord(character):04X})"
