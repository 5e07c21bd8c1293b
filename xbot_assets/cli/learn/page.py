"""The report as one HTML file that asks nobody for anything."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from math import log2
from zoneinfo import ZoneInfo

import jinja2

from xbot_assets.cli.learn.words import group_name, interval, percent, provable_words
from xbot_assets.domain.learning.insights import Finding
from xbot_assets.domain.pace.hours import HOURS_A_DAY
from xbot_assets.steps.learning.report_values import HourCell, Insight, LearningReport

SHADE_FULL = 0.5
"""A cell this much better or worse than usual has the strongest shade."""
SHADE_MOST = 70
"""Percent of colour of the strongest shade: words stay readable."""


def page(report: LearningReport) -> str:
    """Return the page; every value is escaped."""
    zone = ZoneInfo(report.timezone)
    return (
        _templates()
        .get_template("report.html")
        .render(
            report=report,
            sections=_sections(report.insights),
            rows=[report.hours[at : at + HOURS_A_DAY] for at in range(0, len(report.hours), HOURS_A_DAY)],
            hours=range(HOURS_A_DAY),
            told_hours=sum(cell.over_usual is not None for cell in report.hours),
            moment=lambda at: _moment(at, zone),
        )
    )


def _sections(insights: Iterable[Insight]) -> list[tuple[str, str, list[Insight]]]:
    kept = list(insights)
    return [
        ("What works", "good", [one for one in kept if one.finding is Finding.BETTER]),
        ("What does not", "bad", [one for one in reversed(kept) if one.finding is Finding.WORSE]),
        ("Cannot tell yet", "unsure", [one for one in kept if one.finding is Finding.CANNOT_TELL]),
    ]


def shade(cell: HourCell) -> str:
    """Return a cell's colour, as a mix for CSS: nothing when nothing can be said."""
    if cell.over_usual is None:
        return "transparent"
    away = max(-1.0, min(1.0, (cell.over_usual - 1) / SHADE_FULL))
    colour = "var(--good)" if away >= 0 else "var(--bad)"
    return f"color-mix(in srgb, {colour} {SHADE_MOST * abs(away):.0f}%, transparent)"


def place(ratio: float) -> float:
    """Return where a ratio stands on the axis from half to double as much, in percent of its width."""
    return 100 * min(1.0, max(0.0, (log2(max(ratio, 1e-9)) + 1) / 2))


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %b %Y, %H:%M}"


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("xbot_assets.cli.learn"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        group_name=group_name, percent=percent, interval=interval, provable=provable_words, shade=shade, place=place
    )
    return environment
