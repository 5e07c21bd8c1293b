"""Connections to PostgreSQL: how each one is opened and set up."""

import re
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import JsonbDumper

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.settings import Settings
from xbot_assets.store.engine.failures import classify, classify_connect
from xbot_assets.store.engine.pooler import Connection, refuse_shared

SCHEMES = ("postgresql://", "postgres://")
_PORTS = re.compile(r"[\d,]*")
STATEMENT_TIMEOUT_SECONDS = 60
"""The server cancels a statement after this: nothing in the product runs longer, so it is stuck."""
_SESSION = (
    f"set search_path to xbot; set time zone 'UTC'; set statement_timeout to '{STATEMENT_TIMEOUT_SECONDS}s'"
).encode()


def connect_once(url: str, settings: Settings) -> Connection:
    """Open one connection outside any pool; the caller closes it. Raises as ``open_database`` does."""
    check_url(url)
    arguments = connection_arguments(settings)
    try:
        connection = psycopg.connect(url, **arguments)
    except psycopg.OperationalError as error:
        raise classify_connect(error) from error
    try:
        refuse_shared(connection, lambda **more: psycopg.connect(url, **arguments, **more))
        configure(connection)
    except (psycopg.Error, ProductError) as error:
        connection.close()
        raise classify(error) from error
    return connection


def check_url(url: str) -> None:
    """Refuse a malformed connection string without repeating it: the driver's own message would quote it.

    A password with an ``@`` or ``/`` that was not encoded ends up in the host, the port or the database, and
    from there in messages; such a string is refused here.
    """
    if not url.startswith(SCHEMES):
        raise _bad_url()  # libpq takes words such as host=... too, but Dagster's driver takes only an address
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise _bad_url() from None
    places = (str(parts.get(name) or "") for name in ("host", "hostaddr", "dbname"))
    if any("@" in place for place in places) or not _PORTS.fullmatch(str(parts.get("port") or "")):
        raise _bad_url()


def _bad_url() -> PermanentFailure:
    return PermanentFailure(
        "XBOT_DATABASE_URL is not a PostgreSQL connection string.",
        code=FailureCode.BAD_DATABASE_URL,
        remedy="Write it as postgresql://user:password@host:port/database; encode special characters.",
    )


def connection_arguments(settings: Settings) -> dict[str, Any]:
    """Autocommit makes each statement its own transaction, without a second round trip."""
    return {
        "autocommit": True,
        "row_factory": dict_row,
        "application_name": "xbot-assets",
        "connect_timeout": max(2, round(settings.database_connect_seconds)),  # libpq treats 1 as 2
    }


def configure(connection: Connection) -> None:
    """Set up a new connection: JSON for dictionaries, the product's schema, UTC, a limit on every statement."""
    connection.adapters.register_dumper(dict, JsonbDumper)
    connection.execute(_SESSION)
