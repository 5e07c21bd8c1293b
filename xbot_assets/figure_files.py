"""Figures of matplotlib, and their files. matplotlib is loaded when the first figure is made."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(inches: tuple[float, float], dpi: int) -> "Figure":
    """Return an empty figure of so many inches, width before height."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - a third of a second that most processes never need

    return Figure(figsize=inches, dpi=dpi, layout="constrained")


def write_figures(folder: Path, figures: Iterable[tuple[str, "Figure"]]) -> list[Path]:
    """Write each figure as the PNG file of its name, and return the files; the folder is made.

    Raises:
        PermanentFailure: code ``cannot_write_plots``.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, figure in figures:
            written.append(folder / name)
            figure.savefig(written[-1], format="png")
    except OSError as error:
        raise PermanentFailure(
            f"The plots cannot be written to {folder}: {error.strerror}.", code=FailureCode.CANNOT_WRITE_PLOTS
        ) from error
    return written
