"""The learning report as HTML shows it: the view Insights and the file of ``xbot learn report`` share the part."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2
from time import monotonic
from zoneinfo import ZoneInfo

from xbot_assets.domain.learning.comparison import Provable
from xbot_assets.domain.learning.insights import Finding
from xbot_assets.domain.pace.hours import HOURS_A_DAY
from xbot_assets.steps.learning.report import learning_report
from xbot_assets.steps.learning.report_values import HourCell, Insight, LearningReport
from xbot_assets.steps.learning.report_words import group_name, interval, percent, provable_words
from xbot_assets.steps.own_account import Account
from xbot_assets.store.learning.models import ChampionEvent

SHADE_FULL = 0.5
"""An hour this much better or worse than usual has the strongest shade."""
SHADES = 5
AXIS = 200
"""The width of an interval's drawing, in its own units: from half to double."""
KEPT_SECONDS = 300.0
"""So long, in real time, a report is shown again; a decision about models, which follows new outcomes, ends it."""


class KeptReport:
    """The newest report, made again when there is something new to tell. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: object = None
        self._until = 0.0
        self._report: LearningReport | None = None

    def report(self, account: Account, newest: ChampionEvent | None) -> LearningReport:
        """Return it, given the newest decision about models. Raises as ``learning_report`` does."""
        with self._lock:
            asked = (account.settings, newest)
            if self._report is None or self._of != asked or monotonic() >= self._until:
                self._report = learning_report(account)
                self._of, self._until = asked, monotonic() + KEPT_SECONDS
            return self._report


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
