"""Everything a step of the loop works with, opened once and closed once.

A Dagster resource yields a :class:`Product`; a test builds one with parts of its own.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from xbot_assets.domain.budget.calls import NOT_NOTED, ConcurrentRuns
from xbot_assets.domain.clock import Clock
from xbot_assets.settings import Settings
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.recorded_x import RecordedX, open_backend
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.cache import Cache, open_cache
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import check_schema
from xbot_assets.x.port import XPort

if TYPE_CHECKING:
    from xbot_assets.llm.client import LanguageModel


class Opened(Protocol):
    """What a question about the work needs: no browser and no language model. A :class:`Product` is one."""

    @property
    def settings(self) -> Settings:
        """As the owner set them."""

    @property
    def database(self) -> Database:
        """The product's."""

    @property
    def clock(self) -> Clock:
        """The product's."""

    @property
    def account(self) -> Account:
        """Whose work it is."""


@dataclass(frozen=True, slots=True)
class Product:
    """The opened parts.

    ``worker`` names this process in claims and records; Dagster's run id when in a run.
    ``concurrent_runs`` is what ran beside it when it was opened.
    """

    settings: Settings
    database: Database
    cache: Cache
    clock: DatabaseClock
    x: XPort
    writer: "LanguageModel"
    account: Account
    worker: str
    concurrent_runs: ConcurrentRuns


@contextmanager
def open_product(
    settings: Settings, *, worker: str, asked_at: datetime | None = None, concurrent_runs: ConcurrentRuns = NOT_NOTED
) -> Iterator[Product]:
    """Open the database, cache and clients; close them all at the end.

    ``asked_at`` is the real time at which this work was first asked for: what waiting is counted from.
    ``concurrent_runs`` is what runs beside it now, for the ledger.

    Raises:
        ProductError: when a part is missing, or the schema is not the one this program knows.
    """
    from xbot_assets.steps.language_model import open_language_model  # noqa: PLC0415 - 20 MB that no page needs

    with ExitStack() as stack:
        database = stack.enter_context(open_database(settings))
        check_schema(database)
        cache = stack.enter_context(closing(open_cache(settings)))
        clock = DatabaseClock(database)
        backend = stack.enter_context(closing(open_backend(settings)))
        yield Product(
            settings=settings,
            database=database,
            cache=cache,
            clock=clock,
            x=RecordedX(backend, database, run_id=worker, asked_at=asked_at),
            writer=stack.enter_context(open_language_model(settings, database, clock, concurrent_runs)),
            account=Account(settings, database, clock, worker),
            worker=worker,
            concurrent_runs=concurrent_runs,
        )
