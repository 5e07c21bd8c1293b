"""The day's wall in front of each call: the worst case must fit in what is left.

This is the seam for reservations in the database: a :class:`Budget` built on them replaces this one without the
client changing. Checking what was recorded, as here, holds the wall for one call at a time, which is how the loop
calls. Keep out: prices and the ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from xbot_assets.domain.failures import BudgetFailure
from xbot_assets.llm.prices import MICROUSD_PER_USD


class Budget(Protocol):
    """Whatever decides whether a call may be made."""

    def reserve(self, worst_case_microusd: int) -> None:
        """Return when the call may be made.

        Raises:
            BudgetFailure: code ``daily_budget``; it would pass the day's wall.
        """
        ...


@dataclass(frozen=True, slots=True)
class DailyBudget:
    """A fixed sum a day; ``spent_today_microusd`` asks the ledger. Amounts are millionths of a US dollar."""

    daily_budget_microusd: int
    spent_today_microusd: Callable[[], int]

    def reserve(self, worst_case_microusd: int) -> None:
        """Let the call through if its worst case fits beside what was spent today."""
        spent = self.spent_today_microusd()
        if spent + worst_case_microusd <= self.daily_budget_microusd:
            return
        raise BudgetFailure(
            f"The next call could cost ${worst_case_microusd / MICROUSD_PER_USD:.6f}; of today's "
            f"${self.daily_budget_microusd / MICROUSD_PER_USD:.2f}, ${spent / MICROUSD_PER_USD:.6f} are spent.",
            code="daily_budget",
            remedy="It goes on tomorrow (UTC); to go on today, raise XBOT_DAILY_BUDGET_USD.",
        )
