"""Shares of the day's budget: what is kept for a purpose so that another cannot starve it.

The rule: each purpose may have a guaranteed share of the day. What a purpose has not used of its share is kept for it,
but never more than its share of the time that is left: half-way through the day at most half of a share is still kept.
So replies cannot use up in the morning what posts need in the evening, and nothing is kept from anybody as the day
ends. What no share covers is for whoever comes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.owner_day import BudgetDay

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One purpose's share in millionths of a US dollar: all of it, and at most how much of it is kept at this hour."""

    purpose: str
    total: int
    ahead: int

    def remaining(self, used: int) -> int:
        """Return what is kept for the purpose once it has used (spent or reserved) so much."""
        return max(0, min(self.total - used, self.ahead))


@dataclass(frozen=True, slots=True)
class BudgetTerms:
    """What holds for a call made now: the day it is booked in, that day's budget, and the shares."""

    day: BudgetDay
    budget_microusd: int
    guarantees: tuple[Guarantee, ...]


def budget_terms(day: BudgetDay, budget_microusd: int, percents: Mapping[str, int], now: datetime) -> BudgetTerms:
    """Return the terms for a budget whose purposes have these percentages of it."""
    totals = {purpose: budget_microusd * percent // _PERCENT for purpose, percent in percents.items()}
    guarantees = tuple(Guarantee(name, total, day.share_ahead(total, now)) for name, total in totals.items() if total)
    return BudgetTerms(day, budget_microusd, guarantees)
