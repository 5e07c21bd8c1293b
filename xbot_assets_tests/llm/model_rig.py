"""The real server, the real client against it, and books in memory."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from xbot_assets.domain.budget.calls import DAILY_BUDGET, CallAsk, LlmCall, Reservation
from xbot_assets.domain.failures import BudgetFailure, ProductError
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.calls import retrying
from xbot_assets.llm.calls.calling import ModelAccess
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.persona import load_persona
from xbot_assets.testing.manual_clock import ManualClock
from xbot_assets.testing.patience import PATIENCE
from xbot_assets_tests.llm.llm_server import LlmServer, running_llm_server

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
KEY = "sk-sandbox-test"


@dataclass
class ListBooks:
    """Books of the simplest kind for one process: the protocol of the budget, kept in lists."""

    budget_microusd: int = 1_000_000
    calls: list[LlmCall] = field(default_factory=list)
    reserved: list[CallAsk] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def reserve(self, ask: CallAsk) -> Reservation:
        """Let a call through if its worst case fits beside what was spent."""
        if self.spent() + ask.worst_case_microusd > self.budget_microusd:
            raise BudgetFailure("No money.", code=DAILY_BUDGET)
        self.reserved.append(ask)
        return Reservation(len(self.reserved), NOW.date(), ask.worst_case_microusd)

    def send(self, reservation: Reservation) -> None:
        """Keep which was sent."""
        self.sent.append(reservation.id)

    def settle(self, reservation: Reservation, call: LlmCall, failure: ProductError | None, *, answered: bool) -> int:
        """Keep a call; its id is its place."""
        assert (call.failure_code is None) == (failure is None)
        assert answered or failure
        return self.refused(call.model_copy(update={"reservation_id": reservation.id}))

    def refused(self, call: LlmCall) -> int:
        """Keep a call that was not made."""
        self.calls.append(call)
        return len(self.calls)

    def spent(self) -> int:
        """Return the sum of costs."""
        return sum(call.cost_microusd for call in self.calls)


WriterFor = Callable[..., LanguageModel]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LlmServer]:
    """Run the sandbox's language-model server."""
    with running_llm_server(tmp_path) as running:
        yield running


@pytest.fixture
def ledger() -> ListBooks:
    """Make empty books."""
    return ListBooks()


@pytest.fixture
def writer_for(
    server: LlmServer, ledger: ListBooks, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., LanguageModel]]:
    """Make language models on the running server whose own waits are short; keywords override the access."""
    monkeypatch.setattr(retrying, "FIRST_WAIT_SECONDS", 0.01)
    with contextlib.ExitStack() as closing:

        def build(*, daily_budget_microusd: int = 1_000_000, **overrides: object) -> LanguageModel:
            values: dict[str, Any] = {
                "api_key": SecretStr(KEY),
                "model": "gpt-4o-mini",
                "attempts": 3,
                "timeout_seconds": PATIENCE,
                "base_url": server.base_url,
                "models_retire": False,
            }
            access = ModelAccess(**(values | overrides))
            ledger.budget_microusd = daily_budget_microusd
            return closing.enter_context(LanguageModel(access, budget=ledger, clock=ManualClock(NOW)))

        yield build


@pytest.fixture
def brief() -> PostBrief:
    """Make a brief for two posts of the shipped persona."""
    asks = (
        PostRequest(topic="gardening", format="question", tone="curious"),
        PostRequest(topic="local history", format="list"),
    )
    return PostBrief(persona=load_persona(), posts=asks)
