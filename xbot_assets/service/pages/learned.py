"""The learning report as HTML shows it: the view Insights and the file of ``xbot learn report`` share the part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2
from zoneinfo import ZoneInfo

from xbot_assets.domain.learning.comparison import Provable
from xbot_assets.domain.learning.insights import Finding
from xbot_assets.domain.pace.hours import HOURS_A_DAY
from xbot_assets.steps.learning.report_values import HourCell, Insight, LearningReport
from xbot_assets.steps.learning.report_words import group_name, interval, percent, provable_words

SHADE_FULL = 0.5
"""An hour this much better or worse than usual has the strongest shade."""
SHADES = 5
AXIS = 200
"""The width of an interval's drawing, in its own units: from half to double."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The insights of one kind, under their title."""

    title: str
    tone: str
    none_yet: str
    shown: str
    insights: list[Insight]


@dataclass(frozen=True, slots=True)
class Learned:
    """The report, and the words and places in which a template tells it."""

    report: LearningReport

    @property
    def findings(self) -> list[Findings]:
        """What works, what does not with the worst first, and what cannot be told."""
        by = {finding: [one for one in self.report.insights if one.finding is finding] for finding in Finding}
        no_better = "Nothing was shown to work better than the rest yet."
        no_worse = "Nothing was shown to work worse than the rest yet."
        no_other = "No other kind of post has enough posts to be spoken of."
        return [
            Findings("What works", "good", no_better, "Its best", by[Finding.BETTER]),
            Findings("What does not", "bad", no_worse, "Its worst", by[Finding.WORSE][::-1]),
            Findings("Cannot tell yet", "unsure", no_other, "Its newest", by[Finding.CANNOT_TELL]),
        ]

    @property
    def hours(self) -> range:
        """The hours of a day."""
        return range(HOURS_A_DAY)

    @property
    def days(self) -> list[Sequence[HourCell]]:
        """The hours by weekday."""
        cells = self.report.hours
        return [cells[at : at + HOURS_A_DAY] for at in range(0, len(cells), HOURS_A_DAY)]

    @property
    def told_hours(self) -> int:
        """Of how many hours anything is said."""
        return sum(cell.over_usual is not None for cell in self.report.hours)

    def moment(self, at: datetime) -> str:
        """Return a time by the owner's clock."""
        return f"{at.astimezone(ZoneInfo(self.report.timezone)):%-d %b %Y, %H:%M}"

    def group(self, insight: Insight) -> str:
        """Return what the posts of a group have in common."""
        return group_name(insight)

    def percent(self, ratio: float) -> str:
        """Return a ratio as a difference."""
        return percent(ratio)

    def interval(self, insight: Insight) -> str:
        """Return an insight's interval."""
        return interval(insight)

    def provable(self, effects: tuple[Provable, ...]) -> str:
        """Say what can be proven within which days."""
        return provable_words(effects)

    def shade(self, cell: HourCell) -> str:
        """Return the class of an hour's shade, from ``good-1`` to ``bad-5``; ``few`` when nothing can be said."""
        if cell.over_usual is None:
            return "few"
        away = max(-1.0, min(1.0, (cell.over_usual - 1) / SHADE_FULL))
        return f"{'good' if away >= 0 else 'bad'}-{round(SHADES * abs(away))}"

    def place(self, ratio: float) -> str:
        """Return where a ratio stands in the drawing of an interval."""
        return f"{AXIS * min(1.0, max(0.0, (log2(max(ratio, 1e-9)) + 1) / 2)):.1f}"
