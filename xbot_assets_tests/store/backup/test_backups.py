"""Backups on a real PostgreSQL: what is dumped comes back, and what is damaged, newer or another's is refused whole."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.settings import Settings
from xbot_assets.store.backup.contents import differences
from xbot_assets.store.backup.dumping import dump_to
from xbot_assets.store.backup.manifest import Manifest, TableContents
from xbot_assets.store.backup.programs import client_programs, environment
from xbot_assets.store.backup.restoring import (
    OpenBackup,
    open_backup,
    refuse_another,
    refuse_differing,
    refuse_occupied,
    restore_into,
)
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets.testing.servers import SettingsFor, fresh_database

WORDS = 'Salt the water, always: \N{HOT BEVERAGE} it\'s "half" of the taste \\ and more.'


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """Settings of a migrated database."""
    return settings_for()


@pytest.fixture(scope="module")
def written(postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """What a backup of a database with one post, and of a session, is."""
    place = tmp_path_factory.mktemp("written")
    (place / "s").write_bytes(b"sealed")
    for url in fresh_database(postgres, template):
        settings = Settings(home=place, database_url=SecretStr(url))
        with open_database(settings) as database:
            now = DatabaseClock(database).now()
            enqueue_posts(database, [NewPost(text=WORDS, topic="t", format="f", scheduled_at=now)], now)
        dump_to(settings, place / "a.backup", session=place / "s")
        yield (place / "a.backup").read_bytes()


@pytest.fixture
def backup(written: bytes, tmp_path: Path) -> Path:
    """That backup as a file of this test's own."""
    (tmp_path / "a.backup").write_bytes(written)
    return tmp_path / "a.backup"


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path) -> Settings:
    """Settings of a database without anything."""
    return Settings(home=tmp_path, database_url=SecretStr(empty_database_url))


def refusal(act: Callable[[], object]) -> str:
    """Return the code with which something is refused."""
    with pytest.raises(PermanentFailure) as caught:
        act()
    return caught.value.code


def opened(path: Path) -> Manifest:
    """Check a whole backup."""
    with open_backup(path, path.parent) as backup:
        return backup.manifest


def texts(settings: Settings) -> list[str]:
    """Return the texts of a database's posts."""
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        return [text for (text,) in connection.execute("select text from xbot.posts")]


def test_what_was_dumped_comes_back_in_an_empty_database(backup: Path, empty: Settings) -> None:
    """Every row of every table, to the sum of its hashes; the session is beside it."""
    with open_backup(backup, backup.parent) as whole:
        restore_into(empty, whole)
        refuse_differing(empty, whole.manifest)
        assert whole.session is not None
        assert whole.session.read_bytes() == b"sealed"
        assert whole.manifest.tables["xbot.posts"].rows == 1
    assert texts(empty) == [WORDS]


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_beside_it(settings: Settings, tmp_path: Path) -> None:
    """Neither a half-written file nor an unpacked dump."""
    dump_to(settings, tmp_path / "b.backup")
    opened(tmp_path / "b.backup")
    assert stat.S_IMODE((tmp_path / "b.backup").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"b.backup"}


@pytest.mark.parametrize(
    ("share", "beyond"),
    [*((0, place) for place in (0, 150, 512, 700)), (0.3, 0), (0.6, 0), *((1, -place) for place in (9000, 70, 64, 1))],
)
def test_one_changed_byte_anywhere_refuses_the_whole_backup(backup: Path, share: float, beyond: int) -> None:
    """In a header, the list of contents, the dump, its padding or the checksums."""
    content = bytearray(backup.read_bytes())
    content[int(share * len(content)) + beyond] ^= 1
    backup.write_bytes(content)
    assert refusal(lambda: opened(backup)) == FailureCode.BACKUP_DAMAGED


@pytest.mark.parametrize("length", [0, 1, 511, 2000, -1, -64, -10_000])
def test_a_backup_that_was_cut_is_refused(backup: Path, length: int) -> None:
    """Wherever, also to nothing."""
    backup.write_bytes(backup.read_bytes()[:length])
    assert refusal(lambda: opened(backup)) == FailureCode.BACKUP_DAMAGED


def test_what_is_no_backup_is_refused_with_its_reason(backup: Path, tmp_path: Path) -> None:
    """A file that is not there, a directory, and more than was written."""
    assert refusal(lambda: opened(tmp_path / "none")) == FailureCode.NO_BACKUP
    assert refusal(lambda: opened(tmp_path)) == FailureCode.BACKUP_DAMAGED
    backup.write_bytes(backup.read_bytes() + b"\0")
    assert refusal(lambda: opened(backup)) == FailureCode.BACKUP_DAMAGED


def test_a_backup_of_a_newer_program_is_refused(settings: Settings, database: Database, tmp_path: Path) -> None:
    """By the migrations that it had; one that was changed is refused, too."""
    assert database.execute("record_migration", version=9999, name="9999_more", checksum="c")
    dump_to(settings, tmp_path / "newer.backup")
    assert refusal(lambda: opened(tmp_path / "newer.backup")) == FailureCode.SCHEMA_NEWER


def test_a_database_that_holds_something_is_replaced_only_by_force(
    backup: Path, settings: Settings, database: Database
) -> None:
    """And never while others use it."""
    with database.transaction():
        assert refusal(lambda: refuse_occupied(settings, force=True)) == FailureCode.RESTORE_IN_USE
    database.close()
    assert refusal(lambda: refuse_occupied(settings, force=False)) == FailureCode.RESTORE_NOT_EMPTY
    refuse_occupied(settings, force=True)
    with open_backup(backup, backup.parent) as whole:
        restore_into(settings, whole)
    assert texts(settings) == [WORDS]


def test_a_restore_that_fails_leaves_what_was_there(backup: Path, settings: Settings) -> None:
    """Dropping, restoring and what belongs to it are one transaction."""
    with open_backup(backup, backup.parent) as whole:
        broken = OpenBackup(whole.manifest, whole.dump.with_name("broken"), None)
        broken.dump.write_bytes(whole.dump.read_bytes()[:-500])
        assert refusal(lambda: restore_into(settings, broken)) == FailureCode.RESTORE_FAILED
        failing = "select 1 / 0;"
        assert refusal(lambda: restore_into(settings, whole, afterwards=failing)) == FailureCode.RESTORE_FAILED
    assert texts(settings) == []


@pytest.mark.parametrize("change", [{"handle": "somebody"}, {"mode": "live"}])
def test_a_backup_of_another_account_or_of_a_real_one_is_refused(
    backup: Path, settings: Settings, change: dict[str, str]
) -> None:
    """A sandbox's posts do not belong on X; the handle has no case."""
    manifest = opened(backup)
    refuse_another(manifest.model_copy(update={"handle": manifest.handle.upper()}), settings)
    other = manifest.model_copy(update=change)
    assert refusal(lambda: refuse_another(other, settings)) == FailureCode.BACKUP_OF_ANOTHER


def test_what_differs_is_told_table_by_table() -> None:
    """More rows, other rows, and tables that only one side has."""
    one, two, other = TableContents(rows=1, digest="1"), TableContents(rows=2, digest="1"), TableContents(rows=1)
    assert differences({"a": one, "b": one, "c": one, "d": one}, {"a": two, "b": other, "c": one, "e": one}) == [
        "a has 2 rows, not 1",
        "b has other rows",
        "d is only in the backup",
        "e is only in the database",
    ]


def test_programs_that_are_too_old_for_a_server_are_refused() -> None:
    """With the package to install; those of the wheel fit the embedded server."""
    assert client_programs(18).major >= 18
    with pytest.raises(PermanentFailure, match=r"PostgreSQL 99.*18") as caught:
        client_programs(99)
    assert caught.value.code == FailureCode.NO_CLIENT


def test_a_password_goes_by_the_environment_and_nothing_else_of_ours_does() -> None:
    """A command line is everybody's to read."""
    given = environment("postgresql://me:p%40ss@db.example:5433/xbot?sslmode=require")
    assert set(given) == {"PATH", "LC_ALL", "PGUSER", "PGPASSWORD", "PGHOST", "PGPORT", "PGDATABASE", "PGSSLMODE"}
    assert (given["PGPASSWORD"], given["PGPORT"]) == ("p@ss", "5433")


def test_a_backup_knows_the_schema_that_it_is_of(backup: Path) -> None:
    """Every migration with its checksum, first to last."""
    manifest = opened(backup)
    assert manifest.schema_history[0].name == "0001_initial"
    assert all(len(one.checksum) == 64 for one in manifest.schema_history)
    assert manifest.has_session
