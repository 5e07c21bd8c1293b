"""Pictures for asset metadata: files that the service shows, with only their address in the event log.

The event log keeps everything for ever and every page of the UI reads it, so a picture does not belong there. The
newest of each picture are kept; the link of an older one leads nowhere (docs/decisions/0012).
"""

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import dagster as dg

from xbot_assets.domain.clock import system_now
from xbot_assets.figure_files import new_figure
from xbot_assets.settings import PLOTS_DIRECTORY, Settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOG = logging.getLogger(__name__)
FIGURE_INCHES = (6.4, 3.2)
FIGURE_DPI = 90
BAR_COLOUR = "#4f43dd"
LABELS_SHOWN = 12
"""What fits below a picture of this width."""
PLOTS_KEPT = 50
"""Files of each picture; at some 15 kB each all of them together stay below 10 MB."""
PRIVATE_DIRECTORY = 0o700
RUN_ID_SHOWN = 8
PlotValue = dg.UrlMetadataValue | dg.PathMetadataValue | dg.TextMetadataValue


@dataclass(frozen=True, slots=True)
class Plots:
    """Draws the pictures of one materialization.

    Attributes:
        directory: where this asset's pictures are.
        url: under which address the service shows them; ``None`` when no service is known.
        mark: tells this materialization's files from others', and sorts by time.
    """

    directory: Path
    url: str | None
    mark: str

    @classmethod
    def of(cls, context: dg.AssetExecutionContext, settings: Settings) -> Self:
        """Return what draws for the asset that is being made."""
        asset = context.asset_key.to_user_string()
        url = f"{settings.service_url}/{PLOTS_DIRECTORY}/{asset}" if settings.service_url else None
        mark = f"{system_now():%Y%m%d-%H%M%S}-{context.run.run_id[:RUN_ID_SHOWN]}"
        return cls(settings.home / PLOTS_DIRECTORY / asset, url, mark)

    def bars(
        self, name: str, labels: Sequence[str], values: Sequence[float], *, title: str, errors: Sequence[float] | None
    ) -> PlotValue:
        """Draw horizontal bars, first label on top; ``errors`` are drawn as one standard deviation each way."""
        figure, axes = _figure()
        axes.barh(range(len(labels)), values, xerr=errors, color=BAR_COLOUR, alpha=0.85)
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        return self._keep(name, figure, title)

    def columns(
        self, name: str, labels: Sequence[str], stacks: Mapping[str, Sequence[float]], *, title: str
    ) -> PlotValue:
        """Draw columns from left to right, each piled up from the stacks in order; many labels are thinned out."""
        figure, axes = _figure()
        places, below = range(len(labels)), [0.0] * len(labels)
        for stack, values in stacks.items():
            axes.bar(places, values, bottom=below, label=stack, alpha=0.85)
            below = [low + value for low, value in zip(below, values, strict=True)]
        shown = places[:: max(1, -(-len(labels) // LABELS_SHOWN))]
        axes.set_xticks(shown, [labels[place] for place in shown])
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
        return self._keep(name, figure, title)

    def lines(self, name: str, lines: Mapping[str, Sequence[tuple[datetime, float]]], *, title: str) -> PlotValue:
        """Draw one stepped line for each label, of (time, value) points in order; times are UTC."""
        import numpy as np  # noqa: PLC0415 - with matplotlib only, below

        figure, axes = _figure()
        for label, points in lines.items():
            times = np.array([x for x, _ in points], dtype="datetime64[us]")
            axes.step(times, [y for _, y in points], where="post", label=label)
        axes.legend(frameon=False)
        figure.autofmt_xdate()
        return self._keep(name, figure, title)

    def _keep(self, name: str, figure: "Figure", title: str) -> PlotValue:
        """Store the picture and return where it is; one that cannot be stored costs only itself."""
        file = self.directory / f"{name}-{self.mark}.png"
        try:
            _write(file, _as_png(figure, title))
            _prune(self.directory, name)
        except OSError as error:
            _LOG.warning("the plot %s was not stored: %s", file.name, error.strerror)
            return dg.MetadataValue.text(f"not stored: {error.strerror}")
        return dg.MetadataValue.url(f"{self.url}/{file.name}") if self.url else dg.MetadataValue.path(file)


def _figure() -> "tuple[Figure, Axes]":
    figure = new_figure(FIGURE_INCHES, FIGURE_DPI)
    return figure, figure.subplots()


def _as_png(figure: "Figure", title: str) -> bytes:
    axes = figure.axes[0]
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _write(file: Path, content: bytes) -> None:
    file.parent.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    file.parent.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(content)
    part.replace(file)


def _prune(directory: Path, name: str) -> None:
    """Remove all but the newest of one picture's files; another run may be doing the same."""
    for old in sorted(directory.glob(f"{name}-*.png"))[:-PLOTS_KEPT]:
        old.unlink(missing_ok=True)
