"""The wall as the product has it: the day's row in PostgreSQL, the holds on the API, and the tier that follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.content import LANGUAGE_MODEL_HELD
from xbot_assets.domain.budget.calls import NOT_NOTED, CallAsk, ConcurrentRuns, LlmCall, Reservation
from xbot_assets.domain.budget.holds import Hold, hold_after
from xbot_assets.domain.budget.shares import BudgetTerms, budget_terms
from xbot_assets.domain.budget.tiers import BudgetTier, budget_tier
from xbot_assets.domain.clock import Clock
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.owner_day import BudgetDay, budget_day
from xbot_assets.settings import Settings
from xbot_assets.steps.model_service import api_account, rules_in_use
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.content import api_holds as hold_store
from xbot_assets.store.content import budget as budget_store
from xbot_assets.store.content.budget import DayAccount
from xbot_assets.store.content.ledger import record_llm_call
from xbot_assets.store.engine.database import Database, Statements

_WHOLE = 100
LEASE_MARGIN = timedelta(seconds=30)
"""Added to a request's own time limit before its process counts as dead: for the database and a busy machine."""


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """Today's budget: what the status shows and planning follows."""

    day: BudgetDay
    budget_microusd: int
    account: DayAccount
    tier: BudgetTier
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class DatabaseBudget:
    """Reserves and settles in the product's database; implements ``llm.budget.Budget``.

    ``concurrent_runs`` is what runs meanwhile; it is booked with each call.
    """

    database: Database
    settings: Settings
    clock: Clock
    concurrent_runs: ConcurrentRuns = NOT_NOTED

    def reserve(self, ask: CallAsk) -> Reservation:
        """Ask the holds, then put the worst case aside; see the protocol for what is raised."""
        account = api_account(self.settings)
        is_probe = hold_store.ask_api(self.database, account, ask.called_at, self._lease)
        terms = terms_at(self.settings, ask.called_at)
        reservation = budget_store.reserve(self.database, ask, terms, self._lease)
        return Reservation(reservation.id, reservation.day, reservation.worst_case_microusd, is_probe)

    def send(self, reservation: Reservation) -> None:
        """Note that the request goes out next, unless the API was held back since the money was put aside."""
        now = self.clock.now()
        hold = None if reservation.is_probe else hold_store.api_hold(self.database, api_account(self.settings), now)
        if hold is not None:
            budget_store.give_back(self.database, reservation)
            raise hold.refusal(now)
        budget_store.note_sent(self.database, reservation, self._lease)

    def settle(self, reservation: Reservation, call: LlmCall, failure: ProductError | None, *, answered: bool) -> int:
        """Book the call, give back the rest, and hold the API back or lift its hold, all or nothing."""
        now = self.clock.now()
        hold = hold_after(failure, now, self._probe_after) if failure else None
        with self.database.transaction() as transaction:
            call_id = budget_store.settle(transaction, reservation, self._with_concurrent_runs(call))
            if hold is not None:
                self._hold(transaction, hold, now, failure)
            elif reservation.is_probe and answered:
                self._release(transaction, now)
            elif reservation.is_probe:
                hold_store.put_off_probe(transaction, api_account(self.settings), now + self._probe_after)
            elif answered and hold_store.api_hold(transaction, api_account(self.settings), now) is None:
                # Another key is another account: no probe of the held one will ever end the alert about it.
                resolve_alert(transaction, LANGUAGE_MODEL_HELD, now)
        return call_id

    def refused(self, call: LlmCall) -> int:
        """Book a call that was not made."""
        return record_llm_call(self.database, self._with_concurrent_runs(call))

    def _with_concurrent_runs(self, call: LlmCall) -> LlmCall:
        return call.model_copy(update={"job": self.concurrent_runs.job, "beside": list(self.concurrent_runs.others)})

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self.settings.llm_timeout_seconds) + LEASE_MARGIN

    @property
    def _probe_after(self) -> timedelta:
        return timedelta(minutes=self.settings.api_probe_minutes)

    def _hold(self, db: Statements, hold: Hold, now: datetime, failure: ProductError | None) -> None:
        hold_store.hold_api(db, api_account(self.settings), hold)
        if hold.probed:
            alert(
                db,
                LANGUAGE_MODEL_HELD,
                now=now,
                cause=failure,
                reason=hold.reason,
                remedy=hold.remedy,
                minutes=self.settings.api_probe_minutes,
            )

    def _release(self, db: Statements, now: datetime) -> None:
        hold_store.release_api(db, api_account(self.settings))
        resolve_alert(db, LANGUAGE_MODEL_HELD, now)


def share_used_up(database: Database, settings: Settings, now: datetime, purpose: str, percent: int) -> bool:
    """Say whether calls for one purpose have used their share of the day's budget."""
    used = budget_store.day_account(database, budget_day(now, settings.zone).date).used_by_purpose.get(purpose, 0)
    return used >= settings.daily_budget_microusd * percent // _WHOLE


def budget_now(database: Database, settings: Settings, now: datetime) -> BudgetNow:
    """Return today's budget and the tier that planning follows."""
    day = budget_day(now, settings.zone)
    account = budget_store.day_account(database, day.date)
    budget = settings.daily_budget_microusd
    tier = budget_tier(budget - account.used, budget, rules_in_use(settings, database))
    hold = hold_store.api_hold(database, api_account(settings), now)
    return BudgetNow(day, budget, account, tier, hold)


def terms_at(settings: Settings, now: datetime) -> BudgetTerms:
    """Return what holds for a call made at a time."""
    day = budget_day(now, settings.zone)
    return budget_terms(day, settings.daily_budget_microusd, settings.budget_shares, now)
