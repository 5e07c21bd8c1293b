"""Putting a backup back: the whole of it in one transaction, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg import sql

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.store.backup.archive import opened_archive
from xbot_assets.store.backup.contents import contents_of, differences
from xbot_assets.store.backup.dumping import database_url, one_moment
from xbot_assets.store.backup.manifest import DUMP, SESSION, Manifest
from xbot_assets.store.backup.programs import ClientPrograms, client_programs
from xbot_assets.store.engine.connections import connect_once
from xbot_assets.store.engine.database import Transaction
from xbot_assets.store.engine.migrate import AppliedMigration, refuse_unknown
from xbot_assets.store.engine.timings import StatementTimings

_BEFORE = "drop schema if exists xbot cascade;\ndrop schema if exists dagster cascade;\n"
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
"""Newer programs write this into every script, and older servers refuse it."""
_HEADER_LINES = 100
DIFFERENCES_TOLD = 5


@dataclass(frozen=True, slots=True)
class OpenBackup:
    """A backup of which every byte was checked, unpacked for a while."""

    manifest: Manifest
    dump: Path
    session: Path | None


@contextmanager
def open_backup(path: Path, scratch: Path) -> Iterator[OpenBackup]:
    """Check a backup and unpack it for a block.

    Args:
        path: the file.
        scratch: a directory of ours with room for it.

    Raises:
        PermanentFailure: ``no_backup``, ``backup_damaged``, ``schema_newer``, ``schema_changed``.
    """
    with opened_archive(path, scratch) as (manifest, parts):
        history = (AppliedMigration(one.version, one.name, one.checksum) for one in manifest.schema_history)
        refuse_unknown(history)
        yield OpenBackup(manifest, parts[DUMP], parts.get(SESSION))


def refuse_another(manifest: Manifest, settings: Settings) -> None:
    """Refuse a backup of another account, or of the sandbox where posts are real and the other way round.

    Raises:
        PermanentFailure: ``backup_of_another``.
    """
    same_site = (manifest.mode == "sandbox") == (settings.mode == "sandbox")
    if manifest.handle.casefold() == settings.handle.casefold() and same_site:
        return
    raise PermanentFailure(
        f"The backup is of @{manifest.handle} in {manifest.mode} mode, and this is @{settings.handle} in "
        f"{settings.mode} mode.",
        code=FailureCode.BACKUP_OF_ANOTHER,
    )


def refuse_occupied(settings: Settings, *, force: bool) -> None:
    """Refuse a database that others use now, or that holds something, unless that is to be replaced.

    Raises:
        PermanentFailure: ``restore_in_use``, ``restore_not_empty``, or as ``open_database``.
    """
    with connect_once(database_url(settings), settings) as connection:
        statements = Transaction(connection, StatementTimings(settings.slow_query_seconds))
        others = (statements.fetch_one("other_sessions") or {}).get("sessions", 0)
        tables = statements.fetch_all("dumped_tables")
    if others:
        raise PermanentFailure(
            f"The database is in use by {others} other connections.", code=FailureCode.RESTORE_IN_USE
        )
    if tables and not force:
        raise PermanentFailure(
            f"The database holds {len(tables)} tables already, and a restore replaces all of them.",
            code=FailureCode.RESTORE_NOT_EMPTY,
        )


def restore_into(settings: Settings, backup: OpenBackup, *, afterwards: str = "") -> None:
    """Replace what the database holds by the backup, in one transaction.

    Args:
        settings: with the database's address.
        backup: as :func:`open_backup` gave it.
        afterwards: statements that belong to the same transaction.

    Raises:
        PermanentFailure: ``restore_failed`` (nothing was changed), ``no_client``, or as ``open_database``.
    """
    url, server = database_url(settings), _server_major(settings)
    programs = client_programs(max(server, backup.manifest.client_major))
    with TemporaryDirectory(prefix=".restore-", dir=backup.dump.parent) as directory:
        scripts = _scripts(programs, backup.dump, Path(directory), server, afterwards)
        files = [word for script in scripts for word in ("-f", str(script))]
        once = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
        programs.run("psql", [*once, *files], url, FailureCode.RESTORE_FAILED)


def refuse_differing(settings: Settings, manifest: Manifest) -> None:
    """Compare a restored database, to which nothing was done since, with what the backup says that it holds.

    Raises:
        PermanentFailure: ``restore_differs``.
    """
    with one_moment(settings) as moment:
        differing = differences(manifest.tables, contents_of(moment.connection, moment.statements))
    if differing:
        told = "; ".join(differing[:DIFFERENCES_TOLD])
        raise PermanentFailure(
            f"What was restored is not what was backed up: {told}.", code=FailureCode.RESTORE_DIFFERS
        )


def _server_major(settings: Settings) -> int:
    with connect_once(database_url(settings), settings) as connection:
        statements = Transaction(connection, StatementTimings(settings.slow_query_seconds))
        return int((statements.fetch_one("server_major") or {})["server_major"])


def _scripts(programs: ClientPrograms, dump: Path, directory: Path, server: int, afterwards: str) -> list[Path]:
    """Write the scripts of a restore: what was there goes, what was dumped comes, and what belongs to it."""
    before, raw, script, after = (directory / name for name in ("before.sql", "raw.sql", "dump.sql", "after.sql"))
    before.write_text(_BEFORE, "utf-8")
    after.write_text(afterwards, "utf-8")
    # To a file and not into psql: what was cut off by a failure would be stored as if it were all.
    options = ["--no-owner", "--no-privileges", "--exit-on-error", f"--file={raw}", str(dump)]
    programs.run("pg_restore", options, "postgresql://", FailureCode.RESTORE_FAILED)
    _for_server(raw, script, server)
    raw.unlink()
    return [before, script, after]


def _for_server(raw: Path, script: Path, server: int) -> None:
    """Copy a script without what the server does not know."""
    newest_only = 17
    with raw.open("rb") as source, script.open("wb") as target:
        for number, line in enumerate(source):
            if number > _HEADER_LINES or server >= newest_only or line != _UNKNOWN_BEFORE_17:
                target.write(line)


def hold_script(code: str, reason: str, remedy: str) -> str:
    """Return the statement that holds publishing in the restored database, for the restore's own transaction."""
    statement = sql.SQL(
        "insert into xbot.publishing_holds (code, reason, remedy, since) values ({}, {}, {}, clock_timestamp()) "
        "on conflict (code) where lifted_at is null do nothing;\n"
    )
    return statement.format(sql.Literal(code), sql.Literal(reason), sql.Literal(remedy)).as_string(None)
