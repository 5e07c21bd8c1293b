"""Purging what is old: every table a batch at a time, so that nobody waits for it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.clock import system_now
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.clock import read_line
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.metrics.readings import make_months
from xbot_assets.store.operations import retention as retention_store
from xbot_assets.store.operations.retention import RULES, RetentionRule, TimeOf

TASK = "purge"
LEAST_REAL_AGE = timedelta(hours=1)
"""Nothing younger goes, however quick the product's clock is: what watches real runs and operations has seen it by
then."""
MONTHS_AHEAD = 2
"""So many months of readings are made before they begin."""
MONTH_AT_MOST = timedelta(days=31)
NOTHING_OLD = timedelta(minutes=10)
"""A first start has other things to do."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What went of one table. ``more`` when there were batches left that wait for the next purge."""

    table: str
    rows: int
    more: bool


def purge_wait(product: Opened) -> str | None:
    """Say in words why nothing is to be purged now, or ``None`` when it is."""
    last = retention_store.last_upkeep(product.database, TASK)
    every = timedelta(hours=product.settings.retention_every_hours)
    if last is not None and product.clock.now() - last.done_at < every:
        return f"What is old was purged at {last.done_at:%Y-%m-%d %H:%M} UTC."
    young = last is None and retention_store.installed_for(product.database, system_now()) < NOTHING_OLD
    return "Nothing is old yet." if young else None


def purge(product: Product) -> list[Purged]:
    """Purge what is old of the product's tables, and note it; return what went of each table.

    The months that readings will be kept in are made ahead, so that no reading waits for that.
    """
    settings, database = product.settings, product.database
    starts = {TimeOf.PRODUCT: product.clock.now(), TimeOf.REAL: system_now()}
    pace = clock_rate(database)
    make_months(database, [product.clock.now() + ahead * MONTH_AT_MOST for ahead in range(MONTHS_AHEAD + 1)])
    purged = [_purge(database, rule, starts[rule.clock] - _age(settings, rule, pace), settings) for rule in RULES]
    report = {"rows": {one.table: one.rows for one in purged if one.rows}}
    retention_store.note_upkeep(database, TASK, product.clock.now(), report)
    return purged


def clock_rate(database: Statements) -> float:
    """Return how many product seconds go by in a real one, and at least one."""
    line = read_line(database)
    return max(1.0, line.rate) if line else 1.0


def real_age(days: float, rate: float) -> timedelta:
    """Return so many days of the product in real time: a quick clock fills tables quickly, and empties them so."""
    return max(LEAST_REAL_AGE, timedelta(days=days / rate))


def largest_tables(product: Product, limit: int) -> list[dict[str, object]]:
    """Return the largest tables with their sizes, Dagster's too."""
    return [asdict(size) for size in retention_store.table_sizes(product.database)[:limit]]


def _age(settings: Settings, rule: RetentionRule, rate: float) -> timedelta:
    days = float(getattr(settings, rule.setting))
    return real_age(days, rate) if rule.clock is TimeOf.REAL else timedelta(days=days)


def _purge(database: Statements, rule: RetentionRule, before: datetime, settings: Settings) -> Purged:
    rows = 0
    for _ in range(settings.retention_batches_max):
        gone = retention_store.purge_batch(database, rule, before, settings.retention_batch_rows)
        rows += gone
        if not gone:
            return Purged(rule.table, rows, more=False)
    return Purged(rule.table, rows, more=True)
