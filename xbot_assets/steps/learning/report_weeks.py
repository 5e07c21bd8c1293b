"""How each way of learning that was champion did, week by week: what gets worse is seen before it is proven."""

from math import sqrt

from xbot_assets.domain.learning.insights import as_ratio
from xbot_assets.domain.learning.outcomes import MIDDLE, MIDDLE_RATE
from xbot_assets.domain.learning.students import quantile
from xbot_assets.steps.learning.report_values import Week
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.learning.report import WeekOfRule, weeks_of_rules

WEEKS = 12
CONFIDENCE = 0.95


def weeks(db: Statements, limit: int) -> tuple[Week, ...]:
    """Return the newest weeks that have outcomes, newest first."""
    return tuple(_week(row) for row in weeks_of_rules(db, limit)[:WEEKS])


def _week(row: WeekOfRule) -> Week:
    low = high = None
    if row.deviation is not None:
        reach = quantile(0.5 + CONFIDENCE / 2, row.posts - 1) * row.deviation / sqrt(row.posts)
        low, high = _rate(row.mean - reach), _rate(row.mean + reach)
    return Week(row.week, row.rule, row.in_test, row.posts, _rate(row.mean), low, high)


def _rate(score: float) -> float:
    return MIDDLE_RATE * as_ratio(score - MIDDLE)
