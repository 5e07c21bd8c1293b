"""Pictures of a study as PNG files."""

from pathlib import Path
from typing import TYPE_CHECKING

from xbot_assets.figure_files import new_figure, write_figures
from xbot_assets.simulation.measures import Ratio, Recovery
from xbot_assets.simulation.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES, DPI = (10.0, 4.5), 110
SMOOTHED_DAYS = 3


def draw(result: Study, folder: Path) -> list[Path]:
    """Write the days of each policy and the uplifts; return the files.

    Raises:
        PermanentFailure: code ``cannot_write_plots``.
    """
    figures = {"simulated_days.png": _days(result), "simulated_uplift.png": _uplift(result)}
    return write_figures(folder, figures.items())


def _days(result: Study) -> "Figure":
    figure = new_figure(INCHES, DPI)
    axes = figure.subplots()
    for name, values in result.daily.items():
        axes.plot(range(len(values)), _smoothed(values), label=name)
    if result.turn_day is not None:
        axes.axvline(result.turn_day, color="grey", linestyle=":", label="taste turned")
        _mark_recovery(axes, result.turn_day, result.recovery)
    seeds = len({one.seed for one in result.results})
    axes.set_title(f"Expected engagement per view by day, {result.audience} audience, seeds: {seeds}")
    axes.set_xlabel(f"day (means of {SMOOTHED_DAYS} days)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _mark_recovery(axes: "Axes", turn_day: int, recovery: Recovery | None) -> None:
    """Shade the days within which half of the gain was back."""
    if recovery is None or recovery.low is None or recovery.high is None:
        return
    span = turn_day + recovery.low, turn_day + recovery.high
    axes.axvspan(*span, color="grey", alpha=0.15, label="half of the gain back, 95 %")


def _uplift(result: Study) -> "Figure":
    figure = new_figure(INCHES, DPI)
    axes = figure.subplots()
    rows = [
        (f"{what} over {one.against}", value)
        for one in result.uplifts
        for what, value in (("engagement", one.expected), ("per view", one.expected_rate))
    ]
    for place, (_, value) in enumerate(rows):
        axes.errorbar(_percent(value.ratio), -place, xerr=_reach(value), fmt="o", capsize=4)
    axes.axvline(0, color="grey", linestyle=":")
    axes.set_yticks([-place for place in range(len(rows))], [name for name, _ in rows])
    axes.set_title("Ours in the last week, without luck, with 95 % intervals over seeds")
    axes.set_xlabel("percent more")
    axes.grid(alpha=0.3, axis="x")
    return figure


def _smoothed(values: list[float | None]) -> list[float]:
    half = SMOOTHED_DAYS // 2
    windows = [values[max(0, day - half) : day + half + 1] for day in range(len(values))]
    known = [[value for value in window if value is not None] for window in windows]
    return [sum(window) / len(window) if window else float("nan") for window in known]


def _percent(value: float) -> float:
    return 100 * (value - 1)


def _reach(value: Ratio) -> list[list[float]] | None:
    if value.low is None or value.high is None:
        return None
    return [[100 * (value.ratio - value.low)], [100 * (value.high - value.ratio)]]
