"""Whether the database is well: slow statements by name, waits for a connection, forgotten transactions, room for more.

Timings are those that processes have stored: long-lived ones every five minutes, runs at their end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from xbot_assets.domain.alerts.operations import DATABASE_UNWELL
from xbot_assets.domain.clock import system_now
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import CONNECTION_WAIT, Statements
from xbot_assets.store.operations.database_health import (
    StatementTiming,
    connections_taken,
    leaked_sessions,
    statement_timings,
)
from xbot_assets.store.operations.retention import last_upkeep, note_upkeep

TASK = "database_check"
NAMED = 3
"""Statements, or connections, that one sentence names."""
MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """What is wrong, a sentence each, and the day's slow calls so far by statement."""

    troubles: tuple[str, ...]
    slow: Mapping[str, int]


def check_database(product: Product) -> DatabaseHealth:
    """Look at the database, tell what is wrong or end the alert about it, and remember what was slow until now."""
    health = database_health(product.database, product.settings)
    now = product.clock.now()
    note_upkeep(product.database, TASK, now, {"day": str(system_now().date()), "slow": dict(health.slow)})
    if health.troubles:
        alert(product.database, DATABASE_UNWELL, now=now, reason=" ".join(health.troubles))
    else:
        resolve_alert(product.database, DATABASE_UNWELL, now)
    return health


def database_health(db: Statements, settings: Settings) -> DatabaseHealth:
    """Say what is wrong with the database now; what was slow is new since the last check."""
    timings = statement_timings(db, system_now().date())
    slow = {timing.name: timing.slow_calls for timing in timings if timing.slow_calls}
    troubles = [*_slow(timings, _seen(db), settings), *_leaks(db, settings), *_full(db, settings)]
    return DatabaseHealth(tuple(troubles), slow)


def _seen(db: Statements) -> Mapping[str, int]:
    """Return the slow calls of this day that the last check knew of."""
    last = last_upkeep(db, TASK)
    same_day = last is not None and last.report.get("day") == str(system_now().date())
    return last.report.get("slow", {}) if last is not None and same_day else {}


def _slow(timings: list[StatementTiming], seen: Mapping[str, int], settings: Settings) -> Iterator[str]:
    new = {one: one.slow_calls - seen.get(one.name, 0) for one in timings if one.slow_calls > seen.get(one.name, 0)}
    waits = [one for one in new if one.name == CONNECTION_WAIT]
    statements = sorted((one for one in new if one.name != CONNECTION_WAIT), key=lambda one: -one.max_ms)
    limit = f"{settings.slow_query_seconds:g} s"
    if statements:
        named = ", ".join(
            f"{one.name} ({new[one]}, up to {one.max_ms / MS_PER_SECOND:.1f} s)" for one in statements[:NAMED]
        )
        yield f"{len(statements)} statements were slower than {limit}: {named}."
    if waits:
        yield f"{new[waits[0]]} times somebody waited longer than {limit} for a connection."


def _leaks(db: Statements, settings: Settings) -> Iterator[str]:
    leaked = leaked_sessions(db, timedelta(seconds=settings.database_leak_seconds))
    if leaked:
        named = ", ".join(
            f"{one.application_name or 'unnamed'} ({one.pid}, {one.idle_seconds:.0f} s)" for one in leaked[:NAMED]
        )
        yield f"{len(leaked)} connections hold a transaction open and do nothing: {named}."


def _full(db: Statements, settings: Settings) -> Iterator[str]:
    there = connections_taken(db)
    if there.taken > settings.database_full_share * there.connections:
        yield f"{there.taken} of the server's {there.connections} connections are taken."
