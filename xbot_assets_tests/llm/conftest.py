"""The real server, the real client against it, and a ledger in memory."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from xbot_assets.domain.clock import ManualClock
from xbot_assets.llm import retrying
from xbot_assets.llm.briefs import PostBrief, PostRequest
from xbot_assets.llm.budget import DailyBudget
from xbot_assets.llm.client import LanguageModel, ModelAccess
from xbot_assets.llm.ledger import LlmCall
from xbot_assets.llm.persona import load_persona
from xbot_assets_tests.llm.llm_server import LlmServer, running_llm_server

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
KEY = "sk-sandbox-test"


@dataclass
class ListLedger:
    """A ledger of the simplest kind: the protocol, kept in a list."""

    calls: list[LlmCall] = field(default_factory=list)

    def record(self, call: LlmCall) -> int:
        """Keep a call; its id is its place."""
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
def ledger() -> ListLedger:
    """Make an empty ledger."""
    return ListLedger()


@pytest.fixture
def writer_for(
    server: LlmServer, ledger: ListLedger, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., LanguageModel]]:
    """Make language models on the running server whose own waits are short; keywords override the access."""
    monkeypatch.setattr(retrying, "FIRST_WAIT_SECONDS", 0.01)
    with contextlib.ExitStack() as closing:

        def build(*, daily_budget_microusd: int = 1_000_000, **overrides: object) -> LanguageModel:
            values: dict[str, Any] = {
                "api_key": SecretStr(KEY),
                "model": "gpt-4o-mini",
                "attempts": 3,
                "timeout_seconds": 10,
                "base_url": server.base_url,
            }
            access = ModelAccess(**(values | overrides))
            budget = DailyBudget(daily_budget_microusd, ledger.spent)
            return closing.enter_context(LanguageModel(access, ledger=ledger, budget=budget, clock=ManualClock(NOW)))

        yield build


@pytest.fixture
def brief() -> PostBrief:
    """Make a brief for two posts of the shipped persona."""
    asks = (
        PostRequest(topic="gardening", format="question", tone="curious"),
        PostRequest(topic="local history", format="list"),
    )
    return PostBrief(persona=load_persona(), posts=asks)
