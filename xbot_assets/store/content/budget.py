"""The wall: money is put aside in the day's row before a call, and what was not used is given back after it.

One row a day is checked and changed by one statement, so no two processes can both take the last of it. A reservation
belongs to the day it was made in, even when it is settled after midnight. Whoever dies in between is found by a lease
in the server's real time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from xbot_assets.domain.budget.calls import BUDGET_RESERVED, DAILY_BUDGET, CallAsk, LlmCall, Reservation
from xbot_assets.domain.budget.shares import BudgetTerms
from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, ProductError, TransientFailure
from xbot_assets.domain.owner_day import BudgetDay
from xbot_assets.store.content.ledger import record_llm_call
from xbot_assets.store.engine.database import Database, Statements, Transaction
from xbot_assets.store.engine.rows import as_rows

RESERVED_WAIT_SECONDS = 2.0
"""How soon to ask again when only calls under way stand in the way: about what one takes."""
DIED = FailureCode.PROCESS_DIED
_DIED_REASON = "The process that made this call ended before it was settled; its worst case is booked."


@dataclass(frozen=True, slots=True)
class _Ended:
    """What was put aside, when it is no longer."""

    day: date
    purpose: str
    amount_microusd: int


@dataclass(frozen=True, slots=True)
class _DeadReservation:
    """What was put aside by a process that died."""

    id: int
    day: date
    purpose: str
    model: str
    prompt_version: str
    prompt_tokens: int
    completion_tokens: int
    amount_microusd: int
    seed: int | None
    called_at: datetime
    sent: bool


@dataclass(frozen=True, slots=True)
class _BookedCall:
    """A call that was booked for a process thought dead."""

    id: int
    purpose: str
    budget_day: date
    cost_microusd: int


@dataclass(frozen=True, slots=True)
class DayAccount:
    """What a day has spent, what is put aside for calls under way, and both by purpose; millionths of a US dollar."""

    spent: int = 0
    reserved: int = 0
    used_by_purpose: Mapping[str, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Spent and put aside."""
        return self.spent + self.reserved

    def kept_from(self, purpose: str, terms: BudgetTerms) -> int:
        """Return what is kept from a purpose for the others."""
        others = (g for g in terms.guarantees if g.purpose != purpose)
        return sum(g.remaining(self.used_by_purpose.get(g.purpose, 0)) for g in others)


def reserve(db: Database, ask: CallAsk, terms: BudgetTerms, lease: timedelta) -> Reservation:
    """Put a call's worst case aside, after settling for whoever died.

    Args:
        db: the database.
        ask: the call and its worst case.
        terms: the day, its budget and what is kept for whom.
        lease: real time after which the caller counts as dead.

    Raises:
        BudgetFailure: ``daily_budget``; it does not fit in what is left.
        TransientFailure: ``budget_reserved``; it does not fit until calls under way are settled.
    """
    settle_for_the_dead(db)
    open_day(db, terms.day)
    row = db.fetch_one("reserve_budget", **_columns(ask, terms), lease=lease)
    if row is None:
        raise _refusal(day_account(db, terms.day.date), ask, terms)
    return Reservation(int(row["id"]), terms.day.date, ask.worst_case_microusd)


def note_sent(db: Statements, reservation: Reservation, lease: timedelta) -> None:
    """Note that the request goes out next, so that it is booked whatever becomes of this process.

    Raises:
        TransientFailure: ``reservation_lost``; the lease ran out and the money was given back: do not send.
    """
    if not db.execute("note_reservation_sent", id=reservation.id, lease=lease):
        raise TransientFailure(
            "This process took too long between asking for money and making its call.",
            code=FailureCode.RESERVATION_LOST,
        )


def give_back(db: Database, reservation: Reservation) -> None:
    """End the reservation of a call that is not made after all."""
    with db.transaction() as transaction:
        ended = transaction.fetch_row(_Ended, "end_reservation", id=reservation.id)
        if ended is not None:
            _move(transaction, ended.day, ended.purpose, ended.amount_microusd, 0)


def settle(db: Transaction, reservation: Reservation, call: LlmCall) -> int:
    """Book a call that was made and give back what it did not use; return the ledger's id.

    A caller that was thought dead corrects what was booked for it.
    """
    entry = call.model_copy(update={"reservation_id": reservation.id, "budget_day": reservation.day})
    ended = db.fetch_row(_Ended, "end_reservation", id=reservation.id)
    if ended is None:
        return _correct(db, reservation, entry)
    call_id = record_llm_call(db, entry)
    # Last: the day's row is what all others wait for.
    _move(db, ended.day, ended.purpose, ended.amount_microusd, entry.cost_microusd)
    return call_id


def settle_for_the_dead(db: Database) -> int:
    """End the reservations whose lease ran out and return how many there were.

    One whose request was never sent is given back in full. One that was or may have been sent is booked at its
    worst case with the outcome ``unknown``: the provider may bill it.
    """
    ended = 0
    while _settle_one_dead(db):
        ended += 1
    return ended


def open_day(db: Statements, day: BudgetDay) -> None:
    """Make the row of a day; nothing happens when it is there."""
    db.execute("open_budget_day", day=day.date, starts=day.starts, ends=day.ends)


def day_account(db: Statements, day: date) -> DayAccount:
    """Return a day's account; all zero for a day without any call."""
    return db.fetch_row(DayAccount, "budget_day_account", day=day) or DayAccount()


def _settle_one_dead(db: Database) -> bool:
    with db.transaction() as transaction:
        dead = transaction.fetch_row(_DeadReservation, "take_dead_reservation")
        if dead is None:
            return False
        if dead.sent:
            record_llm_call(transaction, _supposed(dead))
        cost = dead.amount_microusd if dead.sent else 0
        _move(transaction, dead.day, dead.purpose, dead.amount_microusd, cost)
    return True


def _supposed(dead: _DeadReservation) -> LlmCall:
    columns = ("purpose", "model", "prompt_version", "prompt_tokens", "completion_tokens", "called_at", "seed")
    return LlmCall(
        **{name: getattr(dead, name) for name in columns},
        outcome="unknown",
        failure_code=DIED,
        failure_reason=_DIED_REASON,
        cost_microusd=dead.amount_microusd,
        budget_day=dead.day,
        reservation_id=dead.id,
    )


def _correct(db: Transaction, reservation: Reservation, entry: LlmCall) -> int:
    booked = db.fetch_row(_BookedCall, "booked_call", reservation_id=entry.reservation_id)
    if booked is None:
        # Given back as never sent although it was: only a paused process or a moved clock gets here. Book it.
        _move(db, reservation.day, entry.purpose, 0, entry.cost_microusd)
        return record_llm_call(db, entry)
    changed = entry.model_dump(exclude={"purpose", "model", "prompt_version", "called_at", "seed"})
    db.execute("correct_llm_call", **changed, id=booked.id)
    _move(db, booked.budget_day, booked.purpose, 0, entry.cost_microusd - booked.cost_microusd)
    return booked.id


def _move(db: Statements, day: date, purpose: str, reserved: int, spent: int) -> None:
    db.execute("move_budget", day=day, purpose=purpose, reserved=reserved, spent=spent)


def _columns(ask: CallAsk, terms: BudgetTerms) -> dict[str, Any]:
    guarantees = ({"purpose": g.purpose, "total": g.total, "ahead": g.ahead} for g in terms.guarantees)
    return {
        **ask.model_dump(exclude={"worst_case_microusd"}),
        "amount": ask.worst_case_microusd,
        "day": terms.day.date,
        "budget": terms.budget_microusd,
        "guarantees": as_rows(guarantees),
    }


def _refusal(account: DayAccount, ask: CallAsk, terms: BudgetTerms) -> ProductError:
    kept = account.kept_from(ask.purpose, terms)
    words = (
        f"The next call could cost {_usd(ask.worst_case_microusd)}; of the day's "
        f"{_usd(terms.budget_microusd)}, {_usd(account.spent)} are spent, {_usd(account.reserved)} are reserved by "
        f"calls under way and {_usd(kept)} are kept for other purposes than {ask.purpose}."
    )
    if account.spent + ask.worst_case_microusd + kept <= terms.budget_microusd and account.reserved:
        return TransientFailure(words, code=BUDGET_RESERVED, retry_after_seconds=RESERVED_WAIT_SECONDS)
    return BudgetFailure(
        words,
        code=DAILY_BUDGET,
        remedy=f"It goes on at {terms.day.ends:%Y-%m-%d %H:%M} UTC; to go on before, raise XBOT_DAILY_BUDGET_USD.",
    )


def _usd(microusd: int) -> str:
    return f"${microusd / MICROUSD_PER_USD:.6f}"


def spend_rest_of_day(db: Database, terms: BudgetTerms) -> None:
    """Count what is left of a day's budget as spent: nobody knows what of it was."""
    with db.transaction() as transaction:
        open_day(transaction, terms.day)
        transaction.execute("spend_rest_of_day", day=terms.day.date, budget=terms.budget_microusd)
