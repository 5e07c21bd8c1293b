"""One account that plans and publishes through simulated weeks, without a browser: real PostgreSQL, real HTTP.

The product's own planning, gates, budget, pool and templates run against the sandbox's language model; only the click
is left out: a due post is taken through the queue's own states and given an id. Time goes in steps.
"""

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import numpy as np
import psycopg
import stamina
from psycopg.rows import dict_row
from pydantic import SecretStr

from xbot_assets.domain.budget.calls import DAILY_BUDGET, CallAsk, LlmCall, Reservation
from xbot_assets.domain.clock import Clock, ClockLine, system_now
from xbot_assets.domain.failures import BudgetFailure, ProductError
from xbot_assets.domain.owner_day import budget_day
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.llm.calls.calling import ModelAccess
from xbot_assets.llm.client import LanguageModel
from xbot_assets.settings import Settings
from xbot_assets.steps.content.emergency_pool import pool_wait, top_up
from xbot_assets.steps.content.plan_due import plan_wait
from xbot_assets.steps.content.planning import Plan
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.clock import set_line
from xbot_assets.store.content.ledger import record_llm_call, spent_microusd
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.content.budget_load import SandboxModel
from xbot_assets.testing.content.budget_wall import real_parts

STEP = timedelta(minutes=30)
NOWHERE = "http://127.0.0.1:9"
UNLIMITED = 10**6
HOUR = timedelta(hours=1)
Result = TypeVar("Result")
Planner = Callable[[Product, np.random.Generator], Plan]


@dataclass(frozen=True, slots=True)
class HardStop:
    """The old system's budget: what was recorded today is compared before each call. Implements ``Budget``."""

    database: Database
    settings: Settings
    clock: Clock

    def reserve(self, ask: CallAsk) -> Reservation:
        """Let a call through while the day's recorded calls are below the budget."""
        day = budget_day(ask.called_at, self.settings.zone)
        if spent_microusd(self.database, day.starts) >= self.settings.daily_budget_microusd:
            raise BudgetFailure("The day's budget is spent.", code=DAILY_BUDGET)
        return Reservation(0, day.date, ask.worst_case_microusd)

    def send(self, reservation: Reservation) -> None:
        """Nothing is noted."""

    def settle(self, reservation: Reservation, call: LlmCall, failure: ProductError | None, *, answered: bool) -> int:
        """Record what the call cost."""
        del reservation, failure, answered
        return self.refused(call)

    def refused(self, call: LlmCall) -> int:
        """Record a call."""
        return record_llm_call(self.database, call)


@dataclass(slots=True)
class ContentRun:
    """A simulated stretch of the account at work. Figures add up from the start."""

    product: Product
    planner: Planner
    pooled: bool
    rng: np.random.Generator
    now: datetime
    dry_since: datetime | None = None
    dry: timedelta = timedelta(0)
    plans: list[tuple[datetime, Plan]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    published: int = 0
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def work(self, until: datetime, before_step: Callable[[datetime], None] = lambda _: None) -> None:
        """Go through time in steps: top up the pool, plan when due, publish what is due."""
        while self.now < until:
            set_line(self.product.database, ClockLine(system_now(), self.now))
            self.product.clock.refresh()
            before_step(self.now)
            if self.pooled and pool_wait(self.product) is None:
                self._try(lambda: top_up(self.product, self.rng))
            if plan_wait(self.product) is None:
                self._plan()
            self._publish()
            self.now += STEP

    @property
    def hours_without_content(self) -> float:
        """Hours from each plan that was due and brought nothing to the next one that brought a post."""
        open_gap = self.now - self.dry_since if self.dry_since else timedelta(0)
        return (self.dry + open_gap) / HOUR

    def ask(self, query: LiteralString, **values: object) -> list[dict[str, Any]]:
        """Run one query on the account's database, for what the product itself never asks."""
        url = self.product.settings.database_url
        if url is None:
            raise RuntimeError("The account has no database.")
        with psycopg.connect(url.get_secret_value(), row_factory=dict_row) as connection:
            connection.execute("set search_path to xbot")
            return connection.execute(query, values).fetchall()

    def _plan(self) -> None:
        plan = self._try(lambda: self.planner(self.product, self.rng))
        if plan is None:
            self.dry_since = self.dry_since or self.now
            return
        self.plans.append((self.now, plan))
        if self.dry_since is not None:
            self.dry += self.now - self.dry_since
            self.dry_since = None

    def _try(self, act: Callable[[], Result]) -> Result | None:
        try:
            return act()
        except ProductError as failure:
            self.failures[failure.code] += 1
            return None

    def _publish(self) -> None:
        database = self.product.database
        while (claim := self._claim()) is not None:
            post_store.arm_post(database, claim, self.product.clock.now())
            number = str(next(self._ids))
            post_store.confirm_published(
                database, claim, x_post_id=number, permalink=f"/content/status/{number}", now=self.product.clock.now()
            )
            self.published += 1

    def _claim(self) -> ClaimedPost | None:
        return take_post(self.product.database, open_limits(), self.product.clock.now(), worker="content", lease=HOUR)


@contextmanager
def content_run(  # noqa: PLR0913 - what a run is made of
    settings: Settings,
    planner: Planner,
    *,
    began: datetime,
    seed: int,
    pooled: bool,
    hard_stop: bool = False,
    earlier: ContentRun | None = None,
) -> Iterator[ContentRun]:
    """Open an account on the settings' database, which must be its own; or go on with an ``earlier`` one's figures."""
    migrate(settings)
    with open_database(settings) as database:
        set_line(database, ClockLine(system_now(), began))
    with open_product(settings, worker="content") as product:
        chosen = _with_hard_stop(product) if hard_stop else product
        if earlier is None:
            yield ContentRun(chosen, planner, pooled, np.random.default_rng(seed), began)
        else:
            yield replace(earlier, product=chosen)


@contextmanager
def content_parts(**changes: Any) -> Iterator[tuple[Settings, SandboxModel]]:  # noqa: ANN401 - any setting
    """Start a database and a language model of one's own; yield the settings for them and the model's switches."""
    stamina.instrumentation.set_on_retry_hooks([])  # retries are what is measured, and would be told in the document
    offline = {"browser_url": NOWHERE, "browser_token": SecretStr("t")}
    with tempfile.TemporaryDirectory(prefix="xbot-content-") as folder, real_parts(Path(folder)) as (settings, sandbox):
        yield settings.model_copy(update={**offline, **changes}), sandbox


def _with_hard_stop(product: Product) -> Product:
    settings = product.settings
    access = ModelAccess(
        api_key=SecretStr("sk-sandbox-content"),
        base_url=settings.openai_base_url,
        model=settings.plan_model,
        attempts=settings.llm_attempts,
        timeout_seconds=settings.llm_timeout_seconds,
        prices_path=settings.prices_path,
        models_retire=False,
    )
    budget = HardStop(product.database, settings, product.clock)
    return replace(product, writer=LanguageModel(access, budget=budget, clock=product.clock))
