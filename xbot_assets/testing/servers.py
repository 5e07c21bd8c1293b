"""Starting the real parts for tests, under the stack's own keeper."""

import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from psycopg import sql

from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.machine.accounts import service_account
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.supervision.child import Child, Limits, Reports
from xbot_assets.runtime.supervision.orphans import ProcessRecord
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.patience import PATIENCE, until

LIMITS = Limits(start_seconds=PATIENCE, stop_seconds=15, backoff_max_seconds=1)
"""A server that does not stop in time is killed: one whose processes were killed by a test may wait for ever."""

QUIET = Reports(tell=lambda _sentence: None, deaths=lambda _name, _times: None)
"""Nobody listens: a test sees by itself that a server died."""

SettingsFor = Callable[..., Settings]


@contextlib.contextmanager
def running(program: Program, home: Path) -> Iterator[Child]:
    """Run one program under the stack's own keeper, and stop it."""
    log = LogFile(home / "logs" / f"{program.name}.log")
    child = Child(program, log, ProcessRecord(home), LIMITS, QUIET)
    try:
        child.start(os.environ, lambda: False)
        yield child
    finally:
        child.stop(lambda: False)


@contextlib.contextmanager
def running_postgres(home: Path, **arguments: Any) -> Iterator[EmbeddedPostgres]:  # noqa: ANN401 - passed on
    """Run a PostgreSQL of one's own in ``home``, and remove its data."""
    with running_database_server(home, **arguments) as (postgres, _):
        yield postgres


@contextlib.contextmanager
def running_database_server(
    home: Path,
    **arguments: Any,  # noqa: ANN401 - passed on
) -> Iterator[tuple[EmbeddedPostgres, Child]]:
    """The same, with what keeps it: a test may kill it, and it is started again."""
    postgres = EmbeddedPostgres(home, service_account(), **arguments)
    postgres.prepare()
    try:
        with running(postgres.program(), home) as child:
            yield postgres, child
    finally:
        postgres.remove()


def connected(db: Database) -> Database:
    """Return a database whose pool has its first connection, however long that took.

    A test that opens one with a short wait, to see it run out, measures no busy machine by it.
    """
    until(lambda: _answers(db), "the pool has a connection")
    return db


def _answers(db: Database) -> bool:
    try:
        return db.fetch_one("database_answers") is not None
    except TransientFailure:
        return False


def fresh_database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """Make a copy of a database for one test, and drop it afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.admin_url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} owner xbot template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        yield with_database(postgres.url(), name)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def with_database(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def prepared(home: Path) -> EmbeddedPostgres:
    """Prepare a server without starting it."""
    postgres = EmbeddedPostgres(home, service_account())
    postgres.prepare()
    return postgres


def refusal(home: Path) -> str:
    """Return the code with which preparing ends."""
    with pytest.raises(PermanentFailure) as caught:
        prepared(home)
    return caught.value.code


def empty_cache(settings: Settings) -> None:
    """Forget everything in the cache of these settings, which the tests share."""
    if settings.redis_url is not None:
        with redis.Redis.from_url(settings.redis_url.get_secret_value()) as client:
            client.flushdb()
