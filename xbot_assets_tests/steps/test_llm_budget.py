"""The client on the database's budget, against the real server: who may call after which failure, and what is told."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from xbot_assets.domain.budget.calls import CallAsk, LlmCall
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, ProductError, TransientFailure
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.persona import load_persona
from xbot_assets.steps.language_model import open_language_model
from xbot_assets.steps.llm_budget import DatabaseBudget, budget_now
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.content.ledger import recent_calls
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.manual_clock import ManualClock
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.llm.llm_server import LlmServer, running_llm_server

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
PROBE = timedelta(minutes=30)
BRIEF = PostBrief(persona=load_persona(), posts=(PostRequest(topic="gardening", format="tip"),))
WriterFor = Callable[..., LanguageModel]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LlmServer]:
    """Run the sandbox's language-model server."""
    with running_llm_server(tmp_path) as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    """The product's clock, moved by hand."""
    return ManualClock(NOON)


@pytest.fixture
def writer_for(
    settings_for: SettingsFor, database: Database, server: LlmServer, clock: ManualClock
) -> Iterator[WriterFor]:
    """Open the product's model with some settings changed; each stands for another process."""
    with ExitStack() as closing:

        def build(**overrides: Any) -> LanguageModel:  # noqa: ANN401 - any field
            settings = settings_for(**{"openai_base_url": server.base_url, "llm_attempts": 1, **overrides})
            return closing.enter_context(open_language_model(settings, database, clock))

        yield build


def code_of(model: LanguageModel) -> tuple[type[ProductError], str]:
    """Return how a brief fails."""
    with pytest.raises(ProductError) as caught:
        model.write_posts(BRIEF)
    return type(caught.value), caught.value.code


def test_a_good_call_is_booked_in_its_day(writer_for: WriterFor, database: Database, settings_for: SettingsFor) -> None:
    """Spent is what the ledger says, and nothing stays reserved."""
    written = writer_for().write_posts(BRIEF.model_copy(update={"seed": 5}))
    (row,) = recent_calls(database, 9)
    budget = budget_now(database, settings_for(), NOON)
    assert budget.account.spent == row.cost_microusd == written.cost_microusd > 0
    assert (budget.account.reserved, row.budget_day, row.seed) == (0, NOON.date(), 5)


@pytest.mark.parametrize(
    ("fault", "first", "then"),
    [
        ({"llm_insufficient_quota": True}, (BudgetFailure, "insufficient_quota"), BudgetFailure),
        ({"llm_status": 401}, (PermanentFailure, "invalid_api_key"), TransientFailure),
        ({"llm_status": 403}, (PermanentFailure, "access_denied"), TransientFailure),
    ],
    ids=str,
)
def test_after_a_failure_of_the_account_one_caller_tries_at_a_time(  # noqa: PLR0913, PLR0917 - a table row and its parts
    fault: dict[str, object],
    first: tuple[type[ProductError], str],
    then: type[ProductError],
    writer_for: WriterFor,
    server: LlmServer,
    clock: ManualClock,
    database: Database,
) -> None:
    """No request until the probe's time, one then, and all is well again by itself once it succeeds."""
    one, other = writer_for(), writer_for()
    server.faults.active = fault
    assert code_of(one) == first
    assert [code_of(model) for model in (one, other)] == [(then, "api_held")] * 2
    clock.advance(PROBE)
    assert code_of(other) == first
    assert code_of(one) == (then, "api_held")
    assert len(server.usage.rows()) == 2
    assert [alert.severity for alert in open_alerts(database)] == ["critical"]
    server.faults.active = {}
    assert code_of(one) == (then, "api_held")
    clock.advance(PROBE)
    one.write_posts(BRIEF)
    other.write_posts(BRIEF)
    assert open_alerts(database) == []


def test_refused_calls_cost_nothing_and_are_in_the_ledger(
    writer_for: WriterFor, server: LlmServer, database: Database
) -> None:
    """Told apart from calls that were made by having no reservation."""
    server.faults.active = {"llm_insufficient_quota": True}
    model = writer_for()
    for _ in range(2):
        code_of(model)
    refused, made = recent_calls(database, 9)
    assert (refused.failure_code, refused.cost_microusd, refused.reservation_id) == ("api_held", 0, None)
    assert (made.failure_code, made.reservation_id is None) == ("insufficient_quota", False)


def test_a_probe_that_learns_nothing_is_put_off(writer_for: WriterFor, server: LlmServer, clock: ManualClock) -> None:
    """The API is down altogether: the next probe comes later, still alone."""
    model = writer_for()
    server.faults.active = {"llm_insufficient_quota": True}
    code_of(model)
    clock.advance(PROBE)
    server.faults.active = {"llm_status": 503}
    assert code_of(model) == (TransientFailure, "server_error")
    assert code_of(model) == (BudgetFailure, "api_held")
    server.faults.active = {}
    clock.advance(PROBE)
    assert model.write_posts(BRIEF).posts


def test_another_key_is_not_held_by_what_befell_the_first(writer_for: WriterFor, server: LlmServer) -> None:
    """Whoever puts a new key in goes on at once."""
    server.faults.script = [{"llm_status": 401}]
    code_of(writer_for())
    assert writer_for(llm="openai", openai_api_key=SecretStr("sk-sandbox-new")).write_posts(BRIEF).posts


def test_a_retry_after_holds_back_everybody_until_its_time(
    writer_for: WriterFor, server: LlmServer, clock: ManualClock, database: Database
) -> None:
    """Then all go on at once; no person has to act, so there is no alert."""
    one, other = writer_for(), writer_for()
    server.faults.script = [{"llm_status": 429, "llm_retry_after": 20}]
    assert code_of(one) == (TransientFailure, "rate_limited")
    assert code_of(other) == (TransientFailure, "api_held")
    clock.advance(timedelta(seconds=20))
    assert one.write_posts(BRIEF).posts
    assert other.write_posts(BRIEF).posts
    assert open_alerts(database) == []


def test_a_call_that_waits_to_be_sent_learns_of_a_hold(
    settings_for: SettingsFor, database: Database, clock: ManualClock
) -> None:
    """Its money is given back; the one call that may try is not stopped by the hold it is to end."""
    books = DatabaseBudget(database, settings_for(), clock)
    waiting, failing = books.reserve(asked(100, NOON)), books.reserve(asked(100, NOON))
    books.send(failing)
    quota = BudgetFailure("No credit.", code=FailureCode.INSUFFICIENT_QUOTA)
    entry = LlmCall(purpose="plan", model="m", prompt_version="p", outcome="budget", called_at=NOON)
    books.settle(failing, entry, quota, answered=False)
    with pytest.raises(BudgetFailure, match="No credit"):
        books.send(waiting)
    assert budget_now(database, books.settings, NOON).account.used == 0
    clock.advance(PROBE)
    books.send(books.reserve(asked(100, clock.now())))


def test_the_wall_holds_in_the_owner_s_day(writer_for: WriterFor, clock: ManualClock, server: LlmServer) -> None:
    """In Auckland the day ends at 11:00 UTC in March: the money is gone before, and there again after."""
    clock.time = datetime(2026, 3, 4, 10, 50, tzinfo=UTC)
    model = writer_for(
        timezone="Pacific/Auckland", daily_budget_usd=0.001, pool_share_percent=0, plan_model="gpt-4o-mini"
    )
    with pytest.raises(BudgetFailure, match="2026-03-04 11:00 UTC"):
        spend_all(model)
    calls = len(server.usage.rows())
    assert calls > 0
    clock.advance(timedelta(minutes=11))
    model.write_posts(BRIEF)
    assert len(server.usage.rows()) == calls + 1


def test_a_budget_of_nothing_makes_no_call_and_still_has_a_tier(
    writer_for: WriterFor, server: LlmServer, settings_for: SettingsFor, database: Database
) -> None:
    """The tier goes on to say how often to plan."""
    assert code_of(writer_for(daily_budget_usd=0)) == (BudgetFailure, "daily_budget")
    assert server.usage.rows() == []
    assert budget_now(database, settings_for(daily_budget_usd=0), NOON).tier.name == "critical"


def test_the_tier_follows_what_is_spent(settings_for: SettingsFor, database: Database, clock: ManualClock) -> None:
    """A process that spends moves the tier of all."""
    settings = settings_for(daily_budget_usd=1, pool_share_percent=0)
    books = DatabaseBudget(database, settings, clock)
    seen = [spend_and_look(books, cost) for cost in (0, 200_000, 300_001, 299_999, 1)]
    assert seen == ["high", "medium", "low", "low", "critical"]


def spend_all(model: LanguageModel) -> None:
    """Have posts written until something gives."""
    for _ in range(20):
        model.write_posts(BRIEF)


def spend_and_look(books: DatabaseBudget, cost: int) -> str:
    """Book a call of this cost and return the tier that follows."""
    entry = LlmCall(
        purpose="plan", model="m", prompt_version="p", outcome="ok", cost_microusd=cost, called_at=books.clock.now()
    )
    reservation = books.reserve(asked(cost, books.clock.now()))
    books.settle(reservation, entry, None, answered=True)
    return str(budget_now(books.database, books.settings, books.clock.now()).tier.name)


def asked(cost: int, at: datetime) -> CallAsk:
    """Ask for a call with this worst case."""
    facts = {"purpose": "plan", "model": "m", "prompt_version": "p", "prompt_tokens": 1, "completion_tokens": 1}
    return CallAsk.model_validate(facts | {"worst_case_microusd": cost, "called_at": at})
