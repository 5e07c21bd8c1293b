"""Pictures of a study as PNG files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xbot_assets.domain.lanes import Lane
from xbot_assets.figure_files import new_figure, write_figures
from xbot_assets.replay.study import LEGACY_TAPE, Samples, Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIGURE_INCHES = (12.0, 4.0)
FIGURE_DPI = 110
LEAST_WAIT_SECONDS = 0.1
"""The left edge of the logarithmic axis: shorter waits are drawn there."""
BARS_SHARE = 0.8
"""How much of the room between two ticks the bars of one load take."""


def draw(study: Study, folder: Path) -> list[Path]:
    """Write one picture of waits per load and one of the slots' use; return the files.

    Raises:
        PermanentFailure: code ``cannot_write_plots``.
    """
    return write_figures(folder, _figures(study))


def _figures(study: Study) -> Iterator[tuple[str, "Figure"]]:
    for overload in dict.fromkeys(overload for overload, _ in study.samples):
        yield f"waits_x{overload:g}.png", _waits(study.samples, overload)
    yield "utilisation.png", _utilisation(study)


def _waits(samples: Samples, overload: float) -> "Figure":
    figure = new_figure(FIGURE_INCHES, FIGURE_DPI)
    panels = figure.subplots(1, len(Lane), sharey=True)
    for lane, axes in zip(Lane, panels, strict=True):
        for (load, policy), waits in samples.items():
            if load == overload and waits[lane]:
                _curve(axes, waits[lane], str(policy))
        axes.set_xscale("log")
        axes.set_title(f"{lane}, load x{overload:g}")
        axes.set_xlabel(f"seconds in queues (up to {LEAST_WAIT_SECONDS:g} drawn as {LEAST_WAIT_SECONDS:g})")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("share of runs that waited no longer")
    panels[-1].legend(loc="lower right", fontsize=8)
    return figure


def _curve(axes: "Axes", waits: Sequence[float], label: str) -> None:
    ordered = sorted(max(wait, LEAST_WAIT_SECONDS) for wait in waits)
    shares = [(index + 1) / len(ordered) for index in range(len(ordered))]
    axes.step([LEAST_WAIT_SECONDS, *ordered], [0.0, *shares], where="post", label=label)


def _utilisation(study: Study) -> "Figure":
    figure = new_figure(FIGURE_INCHES, FIGURE_DPI)
    axes = figure.subplots()
    rows = [row for row in study.replay.plays if row.tape == LEGACY_TAPE]
    loads = list(dict.fromkeys(row.overload for row in rows))
    policies = list(dict.fromkeys(row.policy for row in rows))
    width = BARS_SHARE / len(policies)
    for index, policy in enumerate(policies):
        use = [row.measures.utilisation for row in rows if row.policy is policy]
        axes.bar([place + index * width for place in range(len(loads))], use, width, label=str(policy))
    axes.set_xticks([place + (BARS_SHARE - width) / 2 for place in range(len(loads))], [f"x{load:g}" for load in loads])
    axes.set_title("Share of slot time in use, legacy jobs, by load")
    axes.legend(fontsize=8, ncols=len(policies))
    return figure
