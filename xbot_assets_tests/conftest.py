"""Real PostgreSQL and Valkey for every test that asks for them; started once, stopped and removed at the end.

Each test gets its own database, cloned from a migrated one in some 20 ms, and an empty cache.
"""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as generated
from psycopg import sql
from pydantic import SecretStr

from xbot_assets.masking import forget_secrets
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.runtime.machine.accounts import account_place
from xbot_assets.settings import Settings
from xbot_assets.store.engine.cache import Cache, open_cache
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.testing.servers import (
    SettingsFor,
    empty_cache,
    fresh_database,
    running,
    running_postgres,
    with_database,
)

FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
"""The shared server's data do not outlive the tests. Tests of crashes start a server without these."""
OPEN_TO_PASS = 0o711

gc.set_threshold(50_000, 20, 20)
"""Some 100,000 objects of Dagster and others stay for good; looking past them time and again took 8 % of the time."""

generated.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
generated.load_profile("any machine")
"""Generated tests say nothing about speed: a busy machine would make them fail."""


@pytest.fixture(autouse=True)
def secrets_of_this_test() -> Iterator[None]:
    """Let no test mask what was a secret in the one before it, such as the word "secret"."""
    yield
    forget_secrets()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The tests' PostgreSQL server, its data among the other temporary files.

    pytest's own directories are closed to the account that PostgreSQL runs as below root, which would put the data on
    the disk.
    """
    with tempfile.TemporaryDirectory(prefix="xbot-postgres.") as place:
        Path(place).chmod(OPEN_TO_PASS)
        with running_postgres(Path(place) / "postgres home", settings=FAST_SETTINGS) as server:
            yield server


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """The tests' Valkey server."""
    home = tmp_path_factory.mktemp("valkey home")
    server = EmbeddedValkey(home)
    server.prepare()
    with running(server.program(), home):
        yield server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """A migrated database that nothing is connected to."""
    name = "migrated_template"
    with psycopg.connect(postgres.admin_url(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} owner xbot").format(sql.Identifier(name)))
    migrate(Settings(database_url=SecretStr(with_database(postgres.url(), name))))
    return name


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data directory on a path with spaces; whatever root put elsewhere for it is removed."""
    place = tmp_path / "my clone" / ".xbot"
    yield place
    shutil.rmtree(account_place(place), ignore_errors=True)


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The address of a database without any schema."""
    yield from fresh_database(postgres, "template1")


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The address of this test's migrated database."""
    yield from fresh_database(postgres, template)


@pytest.fixture
def settings_for(database_url: str, valkey: EmbeddedValkey, tmp_path: Path) -> SettingsFor:
    """Build settings that point at this test's parts: ``settings_for(post_spacing_minutes=1)``."""

    def build(**overrides: Any) -> Settings:  # noqa: ANN401 - any field
        parts = {
            "home": tmp_path / ".xbot",
            "database_url": SecretStr(database_url),
            "redis_url": SecretStr(valkey.url()),
        }
        return Settings(**{**parts, **overrides})

    return build


@pytest.fixture
def database(settings_for: SettingsFor) -> Iterator[Database]:
    """This test's migrated database, opened."""
    with open_database(settings_for()) as opened:
        yield opened


@pytest.fixture
def cache(settings_for: SettingsFor) -> Iterator[Cache]:
    """The cache, empty."""
    settings = settings_for()
    empty_cache(settings)
    opened = open_cache(settings)
    yield opened
    opened.close()
