"""Tells a pooler that shares connections between transactions, behind which nothing here works.

What is set on a connection, and what is prepared on it, belongs to one server process. A pooler such as PgBouncer in
its transaction mode answers each transaction from another one: statements then miss their schema or, with prepared
statements, return another statement's rows. A pooler that keeps a process for each connection (session mode) is fine.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.store.engine.statements import product_statements

Connection = psycopg.Connection[dict[str, Any]]
Connect = Callable[..., Connection]
"""Opens a further connection, with these options of libpq besides."""

DIRECT = (
    "Set XBOT_DATABASE_URL to the address of the database itself: at Neon the host without '-pooler', at Supabase "
    "the direct connection, at PgBouncer the server behind it."
)
REFUSED_PARAMETER = "unsupported startup parameter"
"""PgBouncer's words for an option in an address that it does not pass on."""
_MARK_BYTES = 8
_SCHEMA = "dagster"
_OPTION = f"-csearch_path={_SCHEMA}"
"""How Dagster's storage names its schema."""


@dataclass(frozen=True, slots=True)
class _SessionSeen:
    """The server process that answered, and what is set in it."""

    pid: int
    mark: str
    search_path: str


def refuse_shared(connection: Connection, connect: Connect) -> None:
    """Refuse a pooler that does not keep one server process for each connection, or drops what one is opened with.

    Without a pooler this costs one question: the process that answers is the one that took the connection.

    Args:
        connection: a new one, on which nothing was set.
        connect: opens another one in the same way.

    Raises:
        PermanentFailure: ``database_pooled``.
    """
    first = _seen(connection)
    if first.pid == connection.info.backend_pid:
        return
    with connect() as other:
        if _is_shared(connection, other, secrets.token_hex(_MARK_BYTES)):
            raise pooled("each transaction is answered by another server process (PgBouncer: pool_mode = transaction).")
    _refuse_dropped_options(connect)


def pooled(how: str) -> PermanentFailure:
    """Build the failure of a database behind a pooler that this program cannot use."""
    return PermanentFailure(
        f"The database is behind a pooler that cannot be used: {how}", code=FailureCode.DATABASE_POOLED, remedy=DIRECT
    )


def _is_shared(one: Connection, other: Connection, mark: str) -> bool:
    """Mark the process of one connection, and look who sees the mark.

    A pooler hands out what was used last, or each in turn. The two look in an order in which neither can hide it.
    """
    one.execute(product_statements()["mark_session"].text, {"mark": mark})
    home = _seen(one)
    looks = [(True, _seen(one)), (False, _seen(other)), (True, _seen(one)), (True, _seen(one)), (False, _seen(other))]
    return any((seen.mark == mark) is not own or (own and seen.pid != home.pid) for own, seen in looks)


def _refuse_dropped_options(connect: Connect) -> None:
    try:
        with connect(options=_OPTION) as opened:
            kept = _seen(opened).search_path == _SCHEMA
    except psycopg.OperationalError:
        kept = False
    if not kept:
        raise pooled("it does not pass on the schema that Dagster's storage asks for (the parameter options).")


def _seen(connection: Connection) -> _SessionSeen:
    row = connection.execute(product_statements()["session_seen"].text).fetchone()
    return _SessionSeen(**(row or {}))
