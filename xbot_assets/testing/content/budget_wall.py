"""A crowd of writers at the wall of one budget: what was spent, by the ledger and by the server's own log."""

import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.llm.prices import load_prices
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.machine.accounts import service_account
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.supervision.child import Child, Limits, Reports
from xbot_assets.runtime.supervision.orphans import ProcessRecord
from xbot_assets.settings import Settings
from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.store.content.ledger import LedgerEntry, recent_calls
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.content.budget_load import (
    BEGINNING,
    THINKER,
    WRITTEN,
    Crowd,
    Phase,
    SandboxModel,
    generate,
    write_prices,
    writer,
)

DAY = timedelta(days=1)
TOKEN = "budget-wall"  # noqa: S105 - of a sandbox that lives as long as this run
START_SECONDS = 60.0
POLL_SECONDS = 0.1
MANY = 100_000
"""More rows than a run makes."""
DELAY_SECONDS = 0.05
"""The server answers this late, so that calls are under way at the same time, as with a real provider."""
LIMITS = Limits(start_seconds=START_SECONDS, stop_seconds=15, backoff_max_seconds=1)
HIDDEN_TOKENS = 20_000
"""Billed for thinking at each answer: more than any limit that is sent."""
Bill = tuple[str, int, int]


class WallRun:
    """The phases on one database and one sandbox, each on a day of its own."""

    def __init__(self, settings: Settings, sandbox: SandboxModel, database: Database, crowd: Crowd, many: int) -> None:
        self._settings, self._sandbox, self._database = settings, sandbox, database
        self._crowd, self._many = crowd, many

    def measure(self) -> dict[str, Any]:
        """Run every phase and return what was seen."""
        self._sandbox.set_faults(llm_delay_seconds=DELAY_SECONDS)
        ours = self._spend(Phase(self._settings, self._many, BEGINNING))
        account = budget_now(self._database, self._settings, BEGINNING).account
        ours |= {"day_spent_microusd": account.spent, "still_reserved_microusd": account.reserved}
        baseline = self._spend(Phase(self._settings, self._many, BEGINNING + DAY, reserved=False))
        return {
            "generations": self._many,
            "processes": self._crowd.processes,
            "budget_microusd": self._settings.daily_budget_microusd,
            "reserved": ours,
            "check_then_record": baseline,
            "thinking_billed": self._thinking(Phase(self._settings, self._many, BEGINNING + 3 * DAY, model=THINKER)),
            "after_a_quota_error": self._after_quota_error(BEGINNING + 2 * DAY),
        }

    def _spend(self, phase: Phase) -> dict[str, Any]:
        """Run a phase and compare the ledger with the server's own log."""
        logged = len(self._sandbox.usage())
        started = time.perf_counter()
        ends = self._crowd.run(phase)
        seconds = time.perf_counter() - started
        calls = [call for call in recent_calls(self._database, MANY) if call.called_at == phase.now]
        made = [call for call in calls if call.prompt_tokens or call.reservation_id]
        usage = self._sandbox.usage()[logged:]
        spent = sum(call.cost_microusd for call in calls)
        price = load_prices(phase.settings.prices_path).price(phase.model, BEGINNING.date())
        bill = sum(price.cost_microusd(row["prompt_tokens"], row["completion_tokens"]) for row in usage)
        return {
            "ends": dict(ends),
            "seconds": round(seconds, 2),
            "calls": len(made),
            "spent_microusd": spent,
            "spent_usd": spent / MICROUSD_PER_USD,
            "bill_microusd": bill,
            "over_budget_microusd": max(0, bill - phase.settings.daily_budget_microusd),
            "lost_generations": self._many - ends.total(),
            "ledger_equals_usage_log": Counter(map(_booked, made)) == Counter(map(_billed, usage)),
        }

    def _thinking(self, phase: Phase) -> dict[str, Any]:
        """Spend at a server that bills thinking beside each answer, past its limit, and tells it in the total only."""
        self._sandbox.set_faults(llm_delay_seconds=DELAY_SECONDS, llm_thinking_tokens=HIDDEN_TOKENS)
        figures = self._spend(phase)
        self._sandbox.set_faults(llm_delay_seconds=DELAY_SECONDS)
        return figures | {"thinking_tokens_a_call": HIDDEN_TOKENS}

    def _after_quota_error(self, now: datetime) -> dict[str, Any]:
        """Count the requests that reach the server: at the error, while held, at the probe's time, and afterwards."""
        probe = timedelta(minutes=self._settings.api_probe_minutes)
        self._sandbox.set_faults(llm_insufficient_quota=True, llm_delay_seconds=DELAY_SECONDS)
        first = self._requests(lambda: self._one(now))
        held = self._requests(lambda: self._all(now))
        probing = self._requests(lambda: self._all(now + probe))
        self._sandbox.set_faults(llm_delay_seconds=DELAY_SECONDS)
        back = now + 2 * probe
        one = self._requests(lambda: self._one(back))
        ends: Counter[str] = Counter()
        after = self._requests(lambda: ends.update(self._all(back)))
        return {
            "requests_that_met_the_error": first,
            "requests_while_held": held,
            "requests_at_the_probe_s_time": probing,
            "requests_of_the_probe_that_succeeds": one,
            "requests_afterwards": after,
            "written_afterwards": ends[WRITTEN],
        }

    def _one(self, now: datetime) -> None:
        with writer(Phase(self._settings, 1, now), self._database) as model:
            generate(model)

    def _all(self, now: datetime) -> Counter[str]:
        return self._crowd.run(Phase(self._settings, self._many, now))

    def _requests(self, act: Any) -> int:  # noqa: ANN401 - any call without arguments
        before = len(self._sandbox.usage())
        act()
        return len(self._sandbox.usage()) - before


def broken_promises(figures: Mapping[str, Any]) -> list[str]:
    """Return what does not hold, in words."""
    ours, old, quota = figures["reserved"], figures["check_then_record"], figures["after_a_quota_error"]
    thinking = figures["thinking_billed"]
    promises = {
        "the budget is never passed": ours["over_budget_microusd"] == 0,
        "the wall is reached": ours["ends"].get("daily_budget", 0) > 0,
        "the day's row is what the ledger adds up to": ours["day_spent_microusd"] == ours["spent_microusd"],
        "nothing stays reserved": ours["still_reserved_microusd"] == 0,
        "no generation is lost": ours["lost_generations"] == 0,
        "the ledger equals the server's log": ours["ledger_equals_usage_log"],
        "thinking is in the books": thinking["spent_microusd"] == thinking["bill_microusd"],
        "thinking does not pass the budget": thinking["over_budget_microusd"] == 0,
        "thinking reaches the wall": thinking["ends"].get("daily_budget", 0) > 0,
        "no thinking generation is lost": thinking["lost_generations"] == 0,
        "check-then-record overspends": old["over_budget_microusd"] > 0,
        "nobody calls while the API is held": quota["requests_while_held"] == 0,
        "one caller probes": quota["requests_at_the_probe_s_time"] == 1,
        "everybody goes on after a good probe": quota["written_afterwards"] > 0,
    }
    return [words for words, holds in promises.items() if not holds]


@contextmanager
def real_parts(place: Path) -> Iterator[tuple[Settings, SandboxModel]]:
    """Start PostgreSQL and the sandbox, and stop them."""
    postgres = EmbeddedPostgres(place / ".xbot", service_account())
    postgres.prepare()
    quiet = Reports(tell=lambda _sentence: None, deaths=lambda _name, _times: None)
    child = Child(postgres.program(), LogFile(place / "postgres.log"), ProcessRecord(place), LIMITS, quiet)
    try:
        child.start({}, lambda: False)
        with _sandbox(place / "sandbox") as sandbox:
            base: dict[str, Any] = {
                "home": place / ".xbot",
                "redis_url": SecretStr("off"),
                "openai_base_url": f"{sandbox.url}/v1",
            }
            yield Settings(**base, database_url=SecretStr(postgres.url())), sandbox
    finally:
        child.stop(lambda: False)
        postgres.remove()


@contextmanager
def _sandbox(data: Path) -> Iterator[SandboxModel]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
    words = [sys.executable, "-m", "xbot_assets.sandbox", "--data", str(data), "--port", port, "--token", TOKEN]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)  # noqa: S603 - our own program
    sandbox = SandboxModel(f"http://127.0.0.1:{port}", TOKEN)
    try:
        _wait_for(sandbox)
        yield sandbox
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for(sandbox: SandboxModel) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            sandbox.usage()
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return


def wall_settings(base: Settings, folder: Path, budget_usd: float) -> Settings:
    """Return the settings of the load: the budget, nothing kept for other purposes, prices that reach the wall."""
    changes = {
        "daily_budget_usd": budget_usd,
        "plan_share_percent": 0,
        "pool_share_percent": 0,
        "database_pool_max": 4,
        "llm_attempts": 1,  # the load itself asks again, sooner than the client would
        "prices_path": write_prices(folder),
    }
    return base.model_copy(update=changes)


def _booked(call: LedgerEntry) -> Bill:
    return call.model, call.prompt_tokens, call.completion_tokens


def _billed(row: Mapping[str, Any]) -> Bill:
    return row["model"], row["prompt_tokens"], row["completion_tokens"]
