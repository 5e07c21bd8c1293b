"""Forward-only migrations of the product schema: numbered SQL files, each applied once, in one transaction."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.store.engine.connections import connect_once
from xbot_assets.store.engine.database import Statements, Transaction
from xbot_assets.store.engine.failures import START_PARTS, classify
from xbot_assets.store.engine.pooler import Connection
from xbot_assets.store.engine.timings import StatementTimings

_FILE = re.compile(r"^(?P<version>\d{4})_\w+\.sql$")
_NO_TIMEOUT = b"set statement_timeout to 0; set lock_timeout to '60s'"
"""A migration may take long; waiting for another process's migration may not take for ever."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its number, its name without ``.sql``, its text and the SHA-256 of it."""

    version: int
    name: str
    text: bytes

    @property
    def checksum(self) -> str:
        """The SHA-256 of the file with Unix line ends, so that a checkout on Windows gives the same."""
        return hashlib.sha256(self.text.replace(b"\r\n", b"\n")).hexdigest()


@dataclass(frozen=True, slots=True)
class AppliedMigration:
    """A migration that the database says it has."""

    version: int
    name: str
    checksum: str


def migrations_in(folder: Traversable | None = None) -> list[Migration]:
    """Return the migrations of a folder, the product's own by default, in order.

    Raises:
        PermanentFailure: ``bad_migration`` for a name that is not ``NNNN_words.sql`` or a number used twice.
    """
    place = folder or files("xbot_assets.store") / "migrations"
    migrations: dict[int, Migration] = {}
    for file in sorted(place.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".sql"):
            continue
        match = _FILE.match(file.name)
        if match is None or int(match["version"]) in migrations:
            raise PermanentFailure(f"The migration file {file.name} is misnamed.", code=FailureCode.BAD_MIGRATION)
        version = int(match["version"])
        migrations[version] = Migration(version, file.name.removesuffix(".sql"), file.read_bytes())
    return list(migrations.values())


def migrate(settings: Settings, folder: Traversable | None = None) -> list[str]:
    """Bring the schema up to date and return the names of the migrations applied now.

    Safe to run from several processes at once: the others wait, then find nothing to do.

    Raises:
        PermanentFailure: ``schema_newer``, ``schema_changed``, ``migration_failed``, or as ``open_database``.
    """
    if settings.database_url is None:
        raise PermanentFailure("No database is running.", code=FailureCode.NO_DATABASE, remedy=START_PARTS)
    with connect_once(settings.database_url.get_secret_value(), settings) as connection:
        statements = Transaction(connection, StatementTimings(settings.slow_query_seconds))
        connection.execute(_NO_TIMEOUT)
        statements.execute("lock_migrations")
        for name in ("create_product_schema", "create_dagster_schema", "create_schema_migrations"):
            statements.execute(name)
        pending = _pending(migrations_in(folder), _applied(statements))
        for migration in pending:
            _apply(connection, statements, migration)
        return [migration.name for migration in pending]


def applied_migrations(db: Statements) -> list[AppliedMigration]:
    """Return the migrations that a database has, in order; it has to have some."""
    return list(_applied(db).values())


def refuse_unknown(applied: Iterable[AppliedMigration], folder: Traversable | None = None) -> None:
    """Refuse a schema that no migration of this program leads to or on from; an older one is welcome.

    Raises:
        PermanentFailure: ``schema_newer``, ``schema_changed``.
    """
    _pending(migrations_in(folder), {one.version: one for one in applied})


def check_schema(db: Statements, folder: Traversable | None = None) -> None:
    """Refuse a schema that this program does not fit.

    Raises:
        PermanentFailure: ``schema_older`` (run ``xbot migrate``), ``schema_newer`` (upgrade the program),
            ``schema_changed`` (a migration was edited after it was applied).
    """
    known = db.fetch_one("schema_migrations_exist")
    applied = _applied(db) if known and known["present"] else {}
    pending = _pending(migrations_in(folder), applied)
    if pending:
        raise PermanentFailure(
            f"The database schema is older than this program: {len(pending)} migration(s) are missing.",
            code=FailureCode.SCHEMA_OLDER,
            remedy="Run xbot migrate.",
        )


def _applied(db: Statements) -> dict[int, AppliedMigration]:
    return {one.version: one for one in db.fetch_rows(AppliedMigration, "applied_migrations")}


def _pending(ours: Sequence[Migration], applied: Mapping[int, AppliedMigration]) -> list[Migration]:
    """Return what is still to do, after checking that what was done is what we know."""
    known = {migration.version for migration in ours}
    newer = sorted(set(applied) - known)
    if newer:
        raise PermanentFailure(
            f"The database schema is newer than this program: it has migration {applied[newer[-1]].name}.",
            code=FailureCode.SCHEMA_NEWER,
            remedy="Upgrade the program; a schema never goes back.",
        )
    for migration in ours:
        stored = applied.get(migration.version)
        if stored is not None and stored.checksum != migration.checksum:
            raise PermanentFailure(
                f"The migration {migration.name} was changed after it was applied.",
                code=FailureCode.SCHEMA_CHANGED,
                remedy="Restore the file as it was released and put the change into a new migration.",
            )
    return [migration for migration in ours if migration.version not in applied]


def _apply(connection: Connection, statements: Statements, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.text)
            statements.execute(
                "record_migration",
                version=migration.version,
                name=migration.name,
                checksum=migration.checksum,
            )
    except psycopg.Error as error:
        failure = classify(error)
        raise PermanentFailure(
            f"The migration {migration.name} failed and was undone: {failure.reason}",
            code=FailureCode.MIGRATION_FAILED,
            remedy=failure.remedy,
        ) from error
