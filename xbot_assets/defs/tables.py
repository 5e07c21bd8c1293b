"""Tables for asset metadata."""

from collections.abc import Mapping, Sequence

import dagster as dg


def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Render rows as a Markdown table; text from outside is escaped so that it stays text."""
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    body = "\n".join("| " + " | ".join(_cell(row.get(c)) for c in columns) + " |" for row in rows)
    return dg.MetadataValue.md(f"{head}\n{body}" if rows else "Nothing.")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    text = "" if value is None else str(value)
    for mark in "\\`*_[]<>|!&~":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
