"""Many processes that all want posts written at once, through the real client, on one budget."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import httpx
import stamina
from pydantic import SecretStr

from xbot_assets.domain.budget.calls import BUDGET_RESERVED, DAILY_BUDGET, CallAsk, LlmCall, Reservation
from xbot_assets.domain.budget.dialects import ThinkingRules
from xbot_assets.domain.failures import BudgetFailure, ProductError
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.calls.calling import ModelAccess
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.persona import load_persona
from xbot_assets.llm.servers.learned import Learned
from xbot_assets.settings import Settings
from xbot_assets.steps.llm_budget import DatabaseBudget
from xbot_assets.steps.model_service import api_account
from xbot_assets.store.content.dialects import DatabaseDialects
from xbot_assets.store.content.ledger import record_llm_call, spent_microusd
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.testing.manual_clock import ManualClock

MODEL = "gpt-4o-mini"
THINKER = "gpt-4.1-nano"
"""Asked as a model of somebody else's server, of which nothing is known: its server bills thinking."""
BEGINNING = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""Product time of the first phase; any day does."""
WRITTEN = "written"
GIVE_UP_SECONDS = 120.0
"""A generation that only ever meets calls under way ends after this: it would be a bug."""
POLL_SECONDS = 0.1
"""Asked again this soon after meeting calls under way; the server of the load answers within this."""
ASK_SECONDS = 30.0
EXPENSIVE = """
[[prices]]
model = "gpt-4o-mini"
input = 50
output = 150
valid_from = 2024-07-18
source = "made up, so that a hundred calls cost more than the budget"

[[prices]]
model = "gpt-4.1-nano"
input = 0.5
output = 1.5
valid_from = 2024-07-18
source = "made up, so that a hundred calls cost more than the budget when each thinks"
"""


@dataclass(frozen=True, slots=True)
class Phase:
    """So many generations, all at one product time, with our wall or by checking and then recording.

    ``model`` is asked; the product knows nothing of :data:`THINKER`.
    """

    settings: Settings
    generations: int
    now: datetime
    reserved: bool = True
    model: str = MODEL


@dataclass(frozen=True, slots=True)
class CheckThenRecord:
    """The old system's budget: look at what was recorded, call, record. The baseline."""

    database: Database
    budget_microusd: int
    since: datetime

    def reserve(self, ask: CallAsk) -> Reservation:
        """Let a call through if its worst case fits beside what was recorded."""
        if spent_microusd(self.database, self.since) + ask.worst_case_microusd > self.budget_microusd:
            raise BudgetFailure("The recorded calls leave no room.", code=DAILY_BUDGET)
        return Reservation(0, self.since.date(), ask.worst_case_microusd)

    def send(self, reservation: Reservation) -> None:
        """Nothing is noted."""

    def settle(self, reservation: Reservation, call: LlmCall, failure: ProductError | None, *, answered: bool) -> int:
        """Record what the call cost."""
        del reservation, failure, answered
        return self.refused(call)

    def refused(self, call: LlmCall) -> int:
        """Record a call."""
        return record_llm_call(self.database, call)


class Crowd:
    """Processes that begin each phase together."""

    def __init__(self, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.processes = processes
        self._pool = ProcessPoolExecutor(
            processes, context, initializer=_meet_at, initargs=(context.Barrier(processes),)
        )

    def run(self, phase: Phase) -> Counter[str]:
        """Run a phase in every process and return how often each end came."""
        fair, more = divmod(phase.generations, self.processes)
        shares = [fair + (number < more) for number in range(self.processes)]
        done = [self._pool.submit(_work, replace(phase, generations=share)) for share in shares]
        return sum((one.result() for one in done), Counter[str]())

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown()


@dataclass(frozen=True, slots=True)
class SandboxModel:
    """The sandbox's control endpoint, as far as the language model is concerned."""

    url: str
    token: str

    def usage(self) -> list[dict[str, Any]]:
        """Return the server's own log of requests."""
        requests: list[dict[str, Any]] = self._ask("GET", "llm/usage", None)
        return requests

    def set_faults(self, **faults: object) -> None:
        """Make these the active faults."""
        self._ask("PUT", "faults", faults)

    def _ask(self, method: str, what: str, body: object) -> Any:  # noqa: ANN401 - JSON
        headers = {"Authorization": f"Bearer {self.token}"}
        address = f"{self.url}/_sandbox/{what}"
        answer = httpx.request(method, address, json=body, headers=headers, timeout=ASK_SECONDS, trust_env=False)
        return answer.raise_for_status().json() if answer.content else None


def write_prices(folder: Path) -> Path:
    """Write the price file of the load and return its path."""
    path = folder / "expensive.toml"
    path.write_text(EXPENSIVE)
    return path


@contextmanager
def writer(phase: Phase, database: Database) -> Iterator[LanguageModel]:
    """Open the product's client on a phase's budget."""
    settings, clock = phase.settings, ManualClock(phase.now)
    access = ModelAccess(
        api_key=SecretStr("sk-sandbox-load"),
        base_url=settings.openai_base_url,
        model=phase.model,
        attempts=settings.llm_attempts,
        timeout_seconds=settings.llm_timeout_seconds,
        prices_path=settings.prices_path,
        models_retire=False,
        thinking=settings.thinking_rules if phase.model == THINKER else ThinkingRules(),
        learned=Learned(DatabaseDialects(database, api_account(settings), clock), names_tell=phase.model != THINKER),
    )
    ours = DatabaseBudget(database, settings, clock)
    old = CheckThenRecord(database, settings.daily_budget_microusd, phase.now)
    with LanguageModel(access, budget=ours if phase.reserved else old, clock=clock) as model:
        yield model


def generate(model: LanguageModel) -> str:
    """Have one post written; return how it ended, after waiting for calls under way to be settled."""
    brief = PostBrief(persona=load_persona(), posts=(PostRequest(topic="gardening", format="tip"),))
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while True:
        try:
            model.write_posts(brief)
        except ProductError as failure:
            if failure.code != BUDGET_RESERVED or time.monotonic() > deadline:
                return failure.code
            time.sleep(POLL_SECONDS)
        else:
            return WRITTEN


_meeting: list[Barrier] = []


def _meet_at(barrier: Barrier) -> None:
    stamina.instrumentation.set_on_retry_hooks([])  # waiting is expected here, and logged thousands of times
    _meeting[:] = [barrier]


def _work(phase: Phase) -> Counter[str]:
    with open_database(phase.settings) as database, writer(phase, database) as model:
        _meeting[0].wait(GIVE_UP_SECONDS)
        with ThreadPoolExecutor(phase.generations) as threads:
            return Counter(threads.map(lambda _number: generate(model), range(phase.generations)))
