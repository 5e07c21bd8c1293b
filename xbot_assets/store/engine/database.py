"""The one way into PostgreSQL: a pool, named statements, their timings and one retry layer."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, local
from time import perf_counter
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg
import stamina
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.settings import Settings
from xbot_assets.store.engine.connections import configure, connect_once, connection_arguments
from xbot_assets.store.engine.failures import START_PARTS, classify, connection_was_lost, unreachable, write_in_doubt
from xbot_assets.store.engine.pool_statistics import PoolStatistics
from xbot_assets.store.engine.pooler import Connection
from xbot_assets.store.engine.rows import as_rows
from xbot_assets.store.engine.statements import Statement, product_statements
from xbot_assets.store.engine.timings import StatementTimings, timing_rows

_LOG = logging.getLogger(__name__)

Row = dict[str, Any]
RowType = TypeVar("RowType")
"""A frozen, slotted dataclass with exactly the columns of the statement that it is used with."""

READ_ATTEMPTS = 3
"""Tries of a read whose connection failed; the total time is bounded by ``database_connect_seconds``."""
RETRY_FIRST_SECONDS = 0.1
RETRY_MAX_SECONDS = 1.0
CONNECTION_WAIT = "(wait for a connection)"
"""Stands among the statements' timings, so that a pool that is too small is seen where slow statements are."""
WAIT_COUNTED_SECONDS = 0.1
CLOSE_FLUSH_SECONDS = 1.0
"""Closing waits no longer than this for a connection to store its timings: the database may be gone."""
CLOSE_SECONDS = 5.0
"""How long closing waits for the pool's own threads."""


class Statements(ABC):
    """Runs named statements: a :class:`Database` each by itself, a :class:`Transaction` all or nothing.

    Every method raises ``PermanentFailure`` with code ``unknown_statement`` for a name that is in no SQL
    file, and otherwise what :func:`xbot_assets.store.engine.failures.classify` makes of the driver's exception.
    """

    def fetch_all(self, name: str, /, **params: Any) -> list[Row]:  # noqa: ANN401 - any SQL value
        """Run a statement and return its rows."""
        return self._run(_statement(name), params)[0]

    def fetch_one(self, name: str, /, **params: Any) -> Row | None:  # noqa: ANN401 - any SQL value
        """Run a statement and return its first row, or ``None``."""
        rows = self._run(_statement(name), params)[0]
        return rows[0] if rows else None

    def fetch_rows(self, row_type: type[RowType], name: str, /, **params: Any) -> list[RowType]:  # noqa: ANN401
        """Run a statement and return its rows as ``row_type``.

        Raises:
            TypeError: a column has no field or a field no column; a test compares all of them beforehand.
        """
        return [row_type(**row) for row in self.fetch_all(name, **params)]

    def fetch_row(self, row_type: type[RowType], name: str, /, **params: Any) -> RowType | None:  # noqa: ANN401
        """Run a statement and return its first row as ``row_type``, or ``None``; raises as :meth:`fetch_rows`."""
        row = self.fetch_one(name, **params)
        return None if row is None else row_type(**row)

    def execute(self, name: str, /, **params: Any) -> int:  # noqa: ANN401 - any SQL value
        """Run a statement and return how many rows it changed or returned."""
        return self._run(_statement(name), params)[1]

    @abstractmethod
    def _run(self, statement: Statement, params: Mapping[str, Any]) -> tuple[list[Row], int]: ...


class Transaction(Statements):
    """Statements on one connection that are stored together or not at all."""

    def __init__(self, connection: Connection, timings: StatementTimings) -> None:
        self._connection = connection
        self._timings = timings

    def _run(self, statement: Statement, params: Mapping[str, Any]) -> tuple[list[Row], int]:
        try:
            return _execute(self._connection, statement, params, self._timings)
        except psycopg.Error as error:
            raise classify(error) from error


class Database(Statements):
    """The product's database. Use :func:`open_database`; close it, or use it as a context manager."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.timings = StatementTimings(settings.slow_query_seconds)
        self._connect_seconds = settings.database_connect_seconds
        self._in_use = 0
        self._counting = Lock()
        self._kept = local()
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            kwargs=connection_arguments(settings),
            min_size=1,
            max_size=settings.database_pool_max,
            max_idle=settings.database_idle_seconds,
            timeout=self._connect_seconds,
            num_workers=1,
            configure=configure,
            check=ConnectionPool.check_connection,
            open=True,
        )

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Run the statements of a block on one connection; an exception in the block undoes them all.

        Raises:
            UnknownOutcome: ``write_in_doubt`` when the connection broke while the block was being stored.
        """
        body_ended = False
        with self._connection() as connection:
            try:
                with connection.transaction():
                    yield Transaction(connection, self.timings)
                    body_ended = True
            except psycopg.Error as error:
                lost = body_ended and connection_was_lost(error)
                raise (write_in_doubt() if lost else classify(error)) from error

    @contextmanager
    def one_connection(self) -> Iterator[None]:
        """Run what this thread asks in a block on one connection, which is borrowed and looked at only once.

        Each statement is still its own transaction. One that finds the connection gone goes on with another.
        """
        with self._connection() as connection:
            self._kept.connection = connection
            try:
                yield
            finally:
                self._kept.connection = None

    def statistics(self) -> PoolStatistics:
        """Return the pool's counters."""
        stats = self._pool.get_stats()
        return PoolStatistics(
            size=stats.get("pool_size", 0),
            size_max=self._pool.max_size,
            in_use=self._in_use,
            waiting=stats.get("requests_waiting", 0),
            requests=stats.get("requests_num", 0),
            requests_waited=stats.get("requests_queued", 0),
            wait_ms=stats.get("requests_wait_ms", 0),
            errors=stats.get("requests_errors", 0),
            connections_lost=stats.get("connections_lost", 0),
        )

    def flush_timings(self, wait_seconds: float | None = None) -> None:
        """Add this process's statement timings to ``statement_timings`` and start counting again.

        Args:
            wait_seconds: wait for a connection at most this; ``database_connect_seconds`` by default.
        """
        drained = self.timings.drain()
        if not drained:
            return
        try:
            values = {"day": system_now().date(), "rows": as_rows(timing_rows(drained))}
            self._run_once(_statement("add_statement_timings"), values, wait_seconds)
        except ProductError:
            self.timings.put_back(drained)
            raise

    def close(self) -> None:
        """Store the timings and close every connection; safe to call twice."""
        if self._pool.closed:
            return
        try:
            self.flush_timings(CLOSE_FLUSH_SECONDS)
        except ProductError as failure:
            _LOG.warning("statement timings of this process were not stored: %s", failure.reason)
        finally:
            self._pool.close(CLOSE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, statement: Statement, params: Mapping[str, Any]) -> tuple[list[Row], int]:
        if not statement.reads:
            return self._run_once(statement, params)
        retrying = stamina.retry_context(
            on=_is_connection_failure,
            attempts=READ_ATTEMPTS,
            timeout=self._connect_seconds,
            wait_initial=RETRY_FIRST_SECONDS,
            wait_max=RETRY_MAX_SECONDS,
        )
        for attempt in retrying:
            with attempt:
                return self._run_once(statement, params)
        raise AssertionError  # stamina either returns or raises

    def _run_once(
        self, statement: Statement, params: Mapping[str, Any], wait_seconds: float | None = None
    ) -> tuple[list[Row], int]:
        with self._connection(wait_seconds) as connection:
            try:
                return _execute(connection, statement, params, self.timings)
            except psycopg.Error as error:
                lost = not statement.reads and connection_was_lost(error)
                raise (write_in_doubt() if lost else classify(error)) from error

    @contextmanager
    def _connection(self, wait_seconds: float | None = None) -> Iterator[Connection]:
        kept: Connection | None = getattr(self._kept, "connection", None)
        if kept is not None and not kept.closed:
            yield kept
            return
        began = perf_counter()
        try:
            connection = self._pool.getconn(wait_seconds)
        except (PoolTimeout, PoolClosed) as error:
            raise self._no_connection(error) from error
        finally:
            self._note_wait(perf_counter() - began)
        self._count(1)
        try:
            yield connection
        finally:
            self._count(-1)
            self._pool.putconn(connection)

    def _no_connection(self, error: PoolTimeout | PoolClosed) -> ProductError:
        """Tell a full pool from a database that is not there."""
        if isinstance(error, PoolClosed):
            return PermanentFailure("The database was used after it was closed.", code=FailureCode.DATABASE_CLOSED)
        if self._in_use >= self._pool.max_size:
            return classify(error)
        return unreachable(f"no connection within {self._connect_seconds:g} s.")

    def _note_wait(self, seconds: float) -> None:
        """Count a wait for a connection beside the statements, when it was one."""
        if seconds >= WAIT_COUNTED_SECONDS:
            self.timings.record(CONNECTION_WAIT, seconds)

    def _count(self, change: int) -> None:
        """Count the connections in hand: the pool's own numbers include those it is still trying to open."""
        with self._counting:
            self._in_use += change


def open_database(settings: Settings) -> Database:
    """Open the product's database and make sure that it answers.

    Raises:
        PermanentFailure: ``no_database`` when no address is known, ``bad_database_url``, ``database_auth`` for
            a refused user or password, ``database_missing``, ``database_pooled``.
        TransientFailure: ``database_unreachable``.
    """
    if settings.database_url is None:
        raise PermanentFailure("No database is running.", code=FailureCode.NO_DATABASE, remedy=START_PARTS)
    url = settings.database_url.get_secret_value()
    connect_once(url, settings).close()
    return Database(url, settings)


def _statement(name: str) -> Statement:
    statement = product_statements().get(name)
    if statement is None:
        raise PermanentFailure(f"There is no SQL statement named {name}.", code=FailureCode.UNKNOWN_STATEMENT)
    return statement


def _execute(
    connection: Connection, statement: Statement, params: Mapping[str, Any], timings: StatementTimings
) -> tuple[list[Row], int]:
    started = perf_counter()
    try:
        cursor = connection.execute(statement.text, params)
        return (cursor.fetchall() if cursor.description else []), cursor.rowcount
    finally:
        timings.record(statement.name, perf_counter() - started)


def _is_connection_failure(error: Exception) -> bool:
    return isinstance(error, TransientFailure) and error.code == FailureCode.DATABASE_UNREACHABLE
