"""The wall in front of each call, as the client needs it."""

from typing import Protocol

from xbot_assets.domain.budget.calls import BUDGET_RESERVED, DAILY_BUDGET, CallAsk, LlmCall, Reservation
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError

REFUSED_BEFORE = frozenset({DAILY_BUDGET, BUDGET_RESERVED, FailureCode.API_HELD})
"""Codes of calls that were refused before they were made; they are booked too, at no cost."""


class Budget(Protocol):
    """Whatever decides whether a call may be made, and keeps the books."""

    def reserve(self, ask: CallAsk) -> Reservation:
        """Put the worst case of a call aside.

        Raises:
            BudgetFailure: ``daily_budget``, or ``api_held`` after the quota ended.
            TransientFailure: ``budget_reserved``, or ``api_held`` until a time or until the key is put right.
        """
        ...

    def send(self, reservation: Reservation) -> None:
        """Note that the request goes out next.

        Raises:
            BudgetFailure, TransientFailure: ``api_held``; another call met the reason since; the money is given back.
            TransientFailure: ``reservation_lost``; the money was given back, so the request may not go out.
        """
        ...

    def settle(self, reservation: Reservation, call: LlmCall, failure: ProductError | None, *, answered: bool) -> int:
        """Book a call, give back what it did not use, and return the ledger's id.

        ``answered``: the API took the key and did the work, whatever the answer is worth.
        """
        ...

    def refused(self, call: LlmCall) -> int:
        """Book a call that was not made and return the ledger's id."""
        ...
