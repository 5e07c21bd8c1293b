"""The findings of a report in words, the same on the pages and on the terminal."""

from collections.abc import Iterator

from xbot_assets.domain.learning.comparison import Provable
from xbot_assets.domain.learning.insights import Finding, as_ratio
from xbot_assets.steps.learning.report_values import Insight, LearningReport

SHOWN = 5
_NAMES = {"topic": "about {}", "format": "written as {}", "tone": "in a {} tone", "time": "at {}", "day": "on a {}"}
_NAMES_OF_DAYS = {"weekend": "at weekends", "working day": "on working days"}


def group_name(insight: Insight) -> str:
    """Return what the posts of a group have in common."""
    if insight.factor == "day":
        return _NAMES_OF_DAYS.get(insight.level, insight.level)
    return _NAMES.get(insight.factor, "{}").format(insight.level)


def percent(ratio: float) -> str:
    """Return a ratio as a difference, such as ``+23 %``."""
    return f"{100 * (ratio - 1):+.0f} %"


def interval(insight: Insight) -> str:
    """Return an insight's interval."""
    return f"{percent(insight.low)} to {percent(insight.high)}"


def provable_words(provable: tuple[Provable, ...]) -> str:
    """Say what differences can be proven within which days, as engagement per view."""
    parts = [f"{percent(as_ratio(one.effect))} in {one.days} days" for one in provable if one.effect is not None]
    if parts:
        return f"{' or '.join(parts)} ({', '.join(str(one.posts) for one in provable if one.effect)} posts)"
    return f"nothing: {provable[-1].days} days bring too few posts" if provable else "not known yet"


def in_short(report: LearningReport) -> Iterator[str]:
    """Yield the report in a few lines."""
    yield f"@{report.handle}: {report.posts} posts with an outcome."
    yield from report.missing
    for finding, words in ((Finding.BETTER, "Works"), (Finding.WORSE, "Does not work")):
        for one in [one for one in report.insights if one.finding is finding][:SHOWN]:
            numbers = f"{percent(one.ratio)} engagement per view ({interval(one)}, n={one.posts})"
            yield f"{words}: posts {group_name(one)}, {numbers}."
    unsure = sum(one.finding is Finding.CANNOT_TELL for one in report.insights)
    if unsure:
        yield f"Cannot tell yet: {unsure} other kinds of posts."
