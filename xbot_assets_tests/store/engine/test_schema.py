"""Migrations and the check of the schema, on a real PostgreSQL."""

from pathlib import Path
from shutil import copytree

import psycopg
import pytest
from pydantic import SecretStr

import xbot_assets.store
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema, migrate, migrations_in

OURS = Path(xbot_assets.store.__file__).parent / "migrations"


@pytest.fixture
def settings(empty_database_url: str, tmp_path: Path) -> Settings:
    """Settings that point at a database without a schema."""
    return Settings(home=tmp_path, database_url=SecretStr(empty_database_url))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations, to be changed."""
    return copytree(OURS, tmp_path / "migrations")


def refusal(settings: Settings, folder: Path | None = None) -> str:
    """Return the code with which the schema check refuses."""
    with open_database(settings) as db, pytest.raises(PermanentFailure) as caught:
        check_schema(db, folder)
    return caught.value.code


def test_migrating_an_empty_database_makes_every_table_and_the_schema_for_dagster(settings: Settings) -> None:
    """All files are applied once, in order, and the check is then content."""
    names = [migration.name for migration in migrations_in()]
    assert migrate(settings) == names
    with open_database(settings) as db:
        check_schema(db)
        assert db.fetch_one("queue_counts") is None
    with psycopg.connect(settings.database_url.get_secret_value() if settings.database_url else "") as connection:
        schemas = connection.execute("select nspname from pg_namespace where nspname in ('xbot', 'dagster')")
        assert {name for (name,) in schemas} == {"xbot", "dagster"}


def test_migrating_twice_changes_nothing(settings: Settings) -> None:
    """The second run finds nothing to do."""
    migrate(settings)
    assert migrate(settings) == []


def test_a_database_without_a_schema_is_older_than_the_program(settings: Settings) -> None:
    """Nothing was ever applied, and the remedy is to migrate."""
    assert refusal(settings) == "schema_older"


def test_a_schema_that_lacks_the_last_migration_is_older(settings: Settings, folder: Path) -> None:
    """One new file is enough; migrating applies just that one."""
    migrate(settings)
    (folder / "9000_more.sql").write_text("create table more (id int);")
    assert refusal(settings, folder) == "schema_older"
    assert migrate(settings, folder) == ["9000_more"]


def test_a_schema_with_an_unknown_migration_is_newer_and_is_left_alone(settings: Settings, folder: Path) -> None:
    """A program that was set back refuses to work and to migrate."""
    (folder / "9000_more.sql").write_text("create table more (id int);")
    migrate(settings, folder)
    assert refusal(settings) == "schema_newer"
    with pytest.raises(PermanentFailure, match="newer") as caught:
        migrate(settings)
    assert caught.value.code == "schema_newer"


def test_a_migration_edited_after_it_was_applied_is_refused(settings: Settings, folder: Path) -> None:
    """The checksum of the file differs from the one that was recorded."""
    migrate(settings, folder)
    first = next(folder.glob("0001_*.sql"))
    first.write_text(first.read_text() + "\n-- edited")
    assert refusal(settings, folder) == "schema_changed"


def test_line_ends_of_a_checkout_do_not_change_a_migration(settings: Settings, folder: Path) -> None:
    """A checkout with Windows line ends has the same checksums."""
    migrate(settings)
    first = next(folder.glob("0001_*.sql"))
    first.write_bytes(first.read_bytes().replace(b"\n", b"\r\n"))
    with open_database(settings) as db:
        check_schema(db, folder)


def test_a_migration_that_fails_leaves_no_trace(settings: Settings, folder: Path) -> None:
    """Its file and its record are one transaction."""
    migrate(settings)
    (folder / "9000_broken.sql").write_text("create table half (id int); select 1 / 0;")
    with pytest.raises(PermanentFailure, match="9000_broken") as caught:
        migrate(settings, folder)
    assert caught.value.code == "migration_failed"
    (folder / "9000_broken.sql").write_text("create table half (id int);")
    assert migrate(settings, folder) == ["9000_broken"]


def test_misnamed_migration_files_are_refused(folder: Path) -> None:
    """A file that would be skipped in silence is an error."""
    (folder / "2_oops.sql").write_text("select 1;")
    with pytest.raises(PermanentFailure) as caught:
        migrations_in(folder)
    assert caught.value.code == "bad_migration"
