"""The wall in PostgreSQL: exact under concurrency, fair between purposes, and sound when processes die."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from xbot_assets.domain.budget.calls import CallAsk, LlmCall, Reservation
from xbot_assets.domain.budget.holds import Hold
from xbot_assets.domain.budget.shares import BudgetTerms, budget_terms
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, ProductError, TransientFailure
from xbot_assets.domain.owner_day import budget_day
from xbot_assets.store.content import api_holds, budget, ledger
from xbot_assets.store.engine.database import Database

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = budget_day(NOON, ZoneInfo("UTC"))
LEASE = timedelta(seconds=60)
DEAD = timedelta(seconds=-1)
"""A lease that is over at once: the caller counts as dead."""
HOLD = Hold(FailureCode.INSUFFICIENT_QUOTA, "The quota is used up.", "Pay.", NOON + timedelta(minutes=30), probed=True)


def terms(microusd: int = 1000, now: datetime = NOON, **shares: int) -> BudgetTerms:
    """Make terms for a budget."""
    return budget_terms(DAY, microusd, shares, now)


def ask(worst: int = 100, purpose: str = "plan", at: datetime = NOON) -> CallAsk:
    """Ask for a call."""
    return CallAsk(
        purpose=purpose,
        model="m",
        prompt_version="p",
        prompt_tokens=70,
        completion_tokens=30,
        worst_case_microusd=worst,
        seed=7,
        called_at=at,
    )


def call(cost: int, purpose: str = "plan", **facts: object) -> LlmCall:
    """Make the entry of a call."""
    usual = {"purpose": purpose, "model": "m", "prompt_version": "p", "outcome": "ok", "called_at": NOON}
    return LlmCall.model_validate({**usual, "cost_microusd": cost, **facts})


def settled(database: Database, reservation: Reservation, entry: LlmCall) -> int:
    """Settle in a transaction of its own."""
    with database.transaction() as transaction:
        return budget.settle(transaction, reservation, entry)


def account(database: Database) -> tuple[int, int, dict[str, int]]:
    """Return the day's spent, reserved and used by purpose."""
    booked = budget.day_account(database, DAY.date)
    return booked.spent, booked.reserved, dict(booked.used_by_purpose)


def test_a_settled_call_gives_back_what_it_did_not_use(database: Database) -> None:
    """And its row in the ledger knows its day, its reservation and its seed."""
    reservation = budget.reserve(database, ask(100), terms(), LEASE)
    assert account(database) == (0, 100, {"plan": 100})
    budget.note_sent(database, reservation, LEASE)
    settled(database, reservation, call(40, seed=7, model_version="m-1"))
    assert account(database) == (40, 0, {"plan": 40})
    (row,) = ledger.recent_calls(database, 9)
    assert (row.budget_day, row.reservation_id, row.cost_microusd) == (DAY.date, reservation.id, 40)
    assert (row.seed, row.model_version) == (7, "m-1")


def test_the_wall_stands_at_the_last_micro_dollar(database: Database) -> None:
    """Exactly the rest fits; one more does not."""
    settled(database, budget.reserve(database, ask(900), terms(), LEASE), call(900))
    with pytest.raises(BudgetFailure, match=r"\$0.000101.*XBOT_DAILY_BUDGET_USD") as caught:
        budget.reserve(database, ask(101), terms(), LEASE)
    assert caught.value.code == "daily_budget"
    budget.reserve(database, ask(100), terms(), LEASE)


def test_money_that_is_only_reserved_is_worth_waiting_for(database: Database) -> None:
    """Calls under way mostly cost less than their worst case."""
    first = budget.reserve(database, ask(900), terms(), LEASE)
    with pytest.raises(TransientFailure) as caught:
        budget.reserve(database, ask(200), terms(), LEASE)
    assert caught.value.code == "budget_reserved"
    assert caught.value.retry_after_seconds
    settled(database, first, call(50))
    budget.reserve(database, ask(200), terms(), LEASE)


def test_a_budget_of_nothing_lets_no_paid_call_through(database: Database) -> None:
    """Not even one of a micro-dollar."""
    with pytest.raises(BudgetFailure):
        budget.reserve(database, ask(1), terms(0), LEASE)


def test_replies_cannot_starve_posts(database: Database) -> None:
    """Until the posts have had their share, or the day is over."""
    shared = terms(plan=60, now=DAY.starts)
    settled(database, budget.reserve(database, ask(400, "reply"), shared, LEASE), call(400, "reply"))
    with pytest.raises(BudgetFailure, match="kept for other purposes than reply"):
        budget.reserve(database, ask(1, "reply"), shared, LEASE)
    plan = budget.reserve(database, ask(500), shared, LEASE)
    settled(database, plan, call(500))
    with pytest.raises(BudgetFailure):
        budget.reserve(database, ask(1, "reply"), shared, LEASE)
    late = terms(plan=60, now=DAY.ends - timedelta(seconds=1))
    budget.reserve(database, ask(99, "reply"), late, LEASE)


def test_a_call_settled_after_midnight_belongs_to_the_day_it_was_reserved_in(database: Database) -> None:
    """The next day begins with nothing spent."""
    reservation = budget.reserve(database, ask(100, at=DAY.ends - timedelta(seconds=1)), terms(), LEASE)
    tomorrow = budget_day(DAY.ends, ZoneInfo("UTC"))
    settled(database, reservation, call(60, called_at=DAY.ends))
    assert account(database) == (60, 0, {"plan": 60})
    assert budget.day_account(database, tomorrow.date).used == 0


def test_a_process_that_died_before_sending_costs_nothing(database: Database) -> None:
    """Its money is given back in full by whoever reserves next."""
    budget.reserve(database, ask(1000), terms(), DEAD)
    budget.reserve(database, ask(1000), terms(), LEASE)
    assert account(database) == (0, 1000, {"plan": 1000})
    assert ledger.recent_calls(database, 9) == []


def test_a_process_that_died_after_sending_is_booked_at_its_worst_case(database: Database) -> None:
    """The provider may bill it: outcome unknown, so nothing made is missing from the ledger."""
    reservation = budget.reserve(database, ask(300), terms(), LEASE)
    budget.note_sent(database, reservation, DEAD)
    assert budget.settle_for_the_dead(database) == 1
    assert account(database) == (300, 0, {"plan": 300})
    (row,) = ledger.recent_calls(database, 9)
    assert (row.outcome, row.failure_code, row.cost_microusd) == ("unknown", "process_died", 300)
    assert (row.prompt_tokens, row.completion_tokens, row.seed) == (70, 30, 7)


def test_a_process_thought_dead_corrects_its_row(database: Database) -> None:
    """One row for one call, at what it really cost."""
    reservation = budget.reserve(database, ask(300), terms(), LEASE)
    budget.note_sent(database, reservation, DEAD)
    budget.settle_for_the_dead(database)
    settled(database, reservation, call(80, completion_tokens=9))
    (row,) = ledger.recent_calls(database, 9)
    assert (row.outcome, row.failure_code, row.cost_microusd, row.completion_tokens) == ("ok", None, 80, 9)
    assert account(database) == (80, 0, {"plan": 80})


def test_a_process_that_lost_its_money_may_not_send(database: Database) -> None:
    """It was paused longer than its lease; somebody else may have the money by now."""
    reservation = budget.reserve(database, ask(300), terms(), DEAD)
    budget.settle_for_the_dead(database)
    with pytest.raises(TransientFailure) as caught:
        budget.note_sent(database, reservation, LEASE)
    assert caught.value.code == "reservation_lost"


def test_a_settlement_that_fails_leaves_the_money_reserved(database: Database) -> None:
    """All or nothing: the ledger refuses the row, so nothing is given back either."""
    reservation = budget.reserve(database, ask(100), terms(), LEASE)
    wrong = call(40).model_copy(update={"outcome": "fine"})
    with pytest.raises(PermanentFailure, match="outcome"):
        settled(database, reservation, wrong)
    assert account(database) == (0, 100, {"plan": 100})


def test_calls_from_before_there_were_budget_days_count(database: Database) -> None:
    """The day of an upgrade does not begin anew."""
    ledger.record_llm_call(database, call(950))
    with pytest.raises(BudgetFailure):
        budget.reserve(database, ask(51), terms(), LEASE)


def test_many_at_once_take_exactly_what_there_is(database: Database) -> None:
    """Forty ask for a hundredth of the budget's worth each, plus one: never more than fits, whatever the order."""

    def try_one(number: int) -> int:
        purpose = "plan" if number % 2 else "pool"
        try:
            reservation = budget.reserve(database, ask(100, purpose), terms(2500, plan=50), LEASE)
        except ProductError:
            return 0
        if number % 3:
            settled(database, reservation, call(100, purpose))
        return 100

    with ThreadPoolExecutor(10) as threads:
        taken = sum(threads.map(try_one, range(40)))
    spent, reserved, by_purpose = account(database)
    assert spent + reserved == taken == sum(by_purpose.values()) <= 2500
    assert by_purpose["pool"] <= 1900
    assert len(ledger.recent_calls(database, 99)) * 100 == spent


def test_a_held_api_is_left_alone_until_its_time_and_then_one_may_try(database: Database) -> None:
    """All others go on waiting for that one, until its lease is over too."""
    api_holds.hold_api(database, "a", HOLD)
    assert not api_holds.ask_api(database, "another account", NOON, LEASE)
    with pytest.raises(BudgetFailure, match=r"before 2026-03-04 12:30:00 UTC.*quota") as caught:
        api_holds.ask_api(database, "a", NOON, LEASE)
    assert (caught.value.code, caught.value.retry_after_seconds) == ("api_held", 1800)
    later = HOLD.until

    def may_try(_number: int) -> bool:
        try:
            return api_holds.ask_api(database, "a", later, LEASE)
        except BudgetFailure:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(may_try, range(24))) == 1
    api_holds.put_off_probe(database, "a", later + timedelta(minutes=30))
    assert not may_try(0)
    later += timedelta(minutes=30)
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(may_try, range(24))) == 1
    assert api_holds.release_api(database, "a")
    assert not api_holds.ask_api(database, "a", later, LEASE)
    assert api_holds.api_hold(database, "a", later) is None


def test_a_prober_that_died_is_replaced(database: Database) -> None:
    """Its lease runs in the server's real time."""
    api_holds.hold_api(database, "a", HOLD)
    assert api_holds.ask_api(database, "a", HOLD.until, DEAD)
    assert api_holds.ask_api(database, "a", HOLD.until, LEASE)


def test_a_hold_for_speed_ends_by_itself_and_never_replaces_a_graver_one(database: Database) -> None:
    """Nobody probes it; everybody goes on at its time."""
    fast = Hold(FailureCode.RATE_LIMITED, "Too fast.", "", NOON + timedelta(seconds=20), probed=False)
    api_holds.hold_api(database, "a", fast)
    with pytest.raises(TransientFailure):
        api_holds.ask_api(database, "a", NOON, LEASE)
    assert not api_holds.ask_api(database, "a", fast.until, LEASE)
    api_holds.hold_api(database, "a", HOLD)
    api_holds.hold_api(database, "a", fast)
    assert api_holds.api_hold(database, "a", NOON) == HOLD
