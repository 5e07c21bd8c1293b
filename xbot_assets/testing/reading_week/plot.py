"""A picture of how many posts could be answered over the week."""

from pathlib import Path

from xbot_assets.figure_files import new_figure, write_figures
from xbot_assets.testing.reading_week.run import HOUR, ReadingWeek

INCHES, DPI = (10.0, 4.0), 110


def draw_pool(run: ReadingWeek, folder: Path) -> list[Path]:
    """Write ``pool.png`` and return it; raises as :func:`~xbot_assets.figure_files.write_figures`."""
    rules, figure = run.product.settings.opportunity_rules, new_figure(INCHES, DPI)
    axes = figure.subplots()
    axes.plot([(at - run.begins) / HOUR for at, _ in run.pool], [size for _, size in run.pool], linewidth=1)
    for bound in (rules.least, rules.most):
        axes.axhline(bound, color="grey", linestyle="--", linewidth=0.8)
    if run.emptied_at is not None:
        axes.axvline((run.emptied_at - run.begins) / HOUR, color="red", linestyle=":", label="emptied")
        axes.legend()
    axes.set(xlabel="hours", ylabel="posts that could be answered", ylim=(0, None))
    return write_figures(folder, [("pool.png", figure)])
