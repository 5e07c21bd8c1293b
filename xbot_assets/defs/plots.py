"""Small pictures and tables for asset metadata."""

import base64
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import dagster as dg
import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURE_INCHES = (6.4, 3.2)
FIGURE_DPI = 90
BAR_COLOUR = "#4f43dd"
LABELS_SHOWN = 12
"""What fits below a picture of this width."""


def bar_plot(
    labels: Sequence[str], values: Sequence[float], *, errors: Sequence[float] | None, title: str
) -> dg.MarkdownMetadataValue:
    """Draw horizontal bars, first label on top; ``errors`` are drawn as one standard deviation each way."""
    figure = _figure()
    axes = figure.subplots()
    axes.barh(range(len(labels)), values, xerr=errors, color=BAR_COLOUR, alpha=0.85)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    return _as_markdown(figure, title)


def column_plot(
    labels: Sequence[str], stacks: Mapping[str, Sequence[float]], *, title: str
) -> dg.MarkdownMetadataValue:
    """Draw columns from left to right, each piled up from the stacks in their order; many labels are thinned out."""
    figure = _figure()
    axes = figure.subplots()
    places, below = np.arange(len(labels)), np.zeros(len(labels))
    for name, values in stacks.items():
        axes.bar(places, values, bottom=below, label=name, alpha=0.85)
        below += np.array(values, dtype=float)
    shown = places[:: max(1, -(-len(labels) // LABELS_SHOWN))]
    axes.set_xticks(shown, [labels[place] for place in shown])
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return _as_markdown(figure, title)


def line_plot(lines: Mapping[str, Sequence[tuple[datetime, float]]], *, title: str) -> dg.MarkdownMetadataValue:
    """Draw one stepped line for each name, of (time, value) points in order; times are UTC."""
    figure = _figure()
    axes = figure.subplots()
    for name, points in lines.items():
        axes.step(
            np.array([x for x, _ in points], dtype="datetime64[us]"), [y for _, y in points], where="post", label=name
        )
    axes.legend(frameon=False)
    figure.autofmt_xdate()
    return _as_markdown(figure, title)


def _figure() -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415 - a third of a second that most processes never need

    return Figure(figsize=FIGURE_INCHES, dpi=FIGURE_DPI, layout="constrained")


def _as_markdown(figure: "Figure", title: str) -> dg.MarkdownMetadataValue:
    axes = figure.axes[0]
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    encoded = base64.b64encode(buffer.getvalue()).decode()
    return dg.MetadataValue.md(f"![{title}](data:image/png;base64,{encoded})")


def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Render rows as a Markdown table; text from outside is escaped so that it stays text."""
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    body = "\n".join("| " + " | ".join(_cell(row.get(c)) for c in columns) + " |" for row in rows)
    return dg.MetadataValue.md(f"{head}\n{body}" if rows else "Nothing.")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    text = "" if value is None else str(value)
    for mark in "\\`*_[]<>|!":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")
