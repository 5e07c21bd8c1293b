"""Making a backup: a dump and the numbers to check it by, both of one and the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from xbot_assets import __version__
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.store.backup.archive import member_of, write_archive
from xbot_assets.store.backup.contents import contents_of
from xbot_assets.store.backup.manifest import DUMP, SESSION, Applied, Manifest
from xbot_assets.store.backup.programs import client_programs
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.connections import connect_once
from xbot_assets.store.engine.database import Transaction
from xbot_assets.store.engine.failures import START_PARTS
from xbot_assets.store.engine.migrate import applied_migrations
from xbot_assets.store.engine.pooler import Connection
from xbot_assets.store.engine.timings import StatementTimings

_ONE_MOMENT = (
    b"begin isolation level repeatable read read only; set local statement_timeout to 0; "
    b"lock table xbot.post_metrics in access share mode"
)
"""A month of readings is dropped whole: not while a backup counts what it holds."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A transaction that sees one moment of the database, and the name by which others see the same.

    ``taken_at`` (product time) and ``taken_at_real`` are just before it.
    """

    connection: Connection
    statements: Transaction
    snapshot: str
    server_major: int
    taken_at: datetime
    taken_at_real: datetime


def dump_to(settings: Settings, target: Path, *, session: Path | None = None) -> Manifest:
    """Write a backup of the settings' database to a file that is not there yet, and return what it says of itself.

    Args:
        settings: with the database's address.
        target: the file.
        session: the sealed session, when it is to go along.

    Raises:
        PermanentFailure: ``backup_failed``, ``no_client``, or as ``open_database``.
        OSError: the file cannot be written.
    """
    url = database_url(settings)
    with one_moment(settings) as moment, TemporaryDirectory(prefix=".backup-", dir=target.parent) as scratch:
        programs = client_programs(moment.server_major)
        dump = Path(scratch) / DUMP
        wanted = ["--format=custom", "--no-owner", "--no-privileges", "--schema=xbot", "--schema=dagster"]
        arguments = [*wanted, f"--snapshot={moment.snapshot}", f"--file={dump}"]
        programs.run("pg_dump", arguments, url, FailureCode.BACKUP_FAILED)
        parts = {DUMP: dump} | ({SESSION: session} if session is not None else {})
        manifest = Manifest(
            program=__version__,
            taken_at=moment.taken_at,
            taken_at_real=moment.taken_at_real,
            mode=settings.mode,
            handle=settings.handle,
            server_major=moment.server_major,
            client_major=programs.major,
            schema_history=tuple(
                Applied(version=one.version, name=one.name, checksum=one.checksum)
                for one in applied_migrations(moment.statements)
            ),
            tables=contents_of(moment.connection, moment.statements),
            members={name: member_of(path) for name, path in parts.items()},
        )
        write_archive(target, manifest, parts)
        return manifest


@contextmanager
def one_moment(settings: Settings) -> Iterator[Moment]:
    """Hold a transaction that goes on seeing the database as it is now. Raises as ``open_database``."""
    with connect_once(database_url(settings), settings) as connection:
        statements = Transaction(connection, StatementTimings(settings.slow_query_seconds))
        taken_at, taken_at_real = DatabaseClock(statements).now(), system_now()
        connection.execute(_ONE_MOMENT)
        row = statements.fetch_one("export_snapshot") or {}
        yield Moment(connection, statements, row["snapshot"], row["server_major"], taken_at, taken_at_real)


def database_url(settings: Settings) -> str:
    """Return the database's address. Raises ``no_database``."""
    if settings.database_url is None:
        raise PermanentFailure("No database is running.", code=FailureCode.NO_DATABASE, remedy=START_PARTS)
    return settings.database_url.get_secret_value()
