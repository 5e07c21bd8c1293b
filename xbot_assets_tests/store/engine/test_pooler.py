"""A pooler before the database: refused with a sentence where a connection is not one server process all along."""

from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from xbot_assets.cli.app import app
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.engine.pooler import DIRECT, refuse_shared
from xbot_assets_tests.store.engine.pgbouncer import PROGRAM, WHY_ABSENT, pgbouncer

with_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason=WHY_ABSENT)
EACH = "each transaction is answered by another server process"
OPTIONS = "does not pass on the schema that Dagster's storage asks for"
TAKES_OPTIONS = {"ignore_startup_parameters": "options"}


def _settings(url: str) -> Settings:
    return Settings(database_url=SecretStr(url))


def _refusal(url: str) -> PermanentFailure:
    with pytest.raises(PermanentFailure) as caught:
        open_database(_settings(url))
    return caught.value


@with_pgbouncer
@pytest.mark.parametrize("round_robin", [0, 1])
@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_a_pooler_that_shares_processes_between_transactions_is_refused(
    tmp_path: Path, database_url: str, mode: str, size: int, round_robin: int
) -> None:
    """Whatever its pool's size and order, and however many processes it has at that moment."""
    order = {"default_pool_size": size, "server_round_robin": round_robin}
    with pgbouncer(tmp_path, database_url, pool_mode=mode, **order, **TAKES_OPTIONS) as url, ExitStack() as stack:
        busy = [stack.enter_context(psycopg.connect(url, autocommit=True)) for _ in range(size)]
        for connection in busy:
            connection.execute("select 1")
        failure = _refusal(url)
    assert failure.code == "database_pooled"
    assert EACH in failure.reason
    assert failure.remedy == DIRECT


@with_pgbouncer
def test_nothing_is_migrated_through_a_pooler_that_shares(tmp_path: Path, empty_database_url: str) -> None:
    """A start ends before it has changed anything."""
    pooler = pgbouncer(tmp_path, empty_database_url, pool_mode="transaction")
    with pooler as url, pytest.raises(PermanentFailure, match=EACH):
        migrate(_settings(url))
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("select to_regnamespace('xbot')").fetchone() == (None,)


@with_pgbouncer
@pytest.mark.parametrize("taken", [{}, TAKES_OPTIONS], ids=["refused", "ignored"])
def test_a_pooler_that_drops_the_option_of_dagster_s_storage_is_refused(
    tmp_path: Path, database_url: str, taken: dict[str, str]
) -> None:
    """One process for each connection is not enough: Dagster's tables would be looked for elsewhere."""
    with pgbouncer(tmp_path, database_url, pool_mode="session", **taken) as url:
        failure = _refusal(url)
    assert (failure.code, OPTIONS in failure.reason) == ("database_pooled", True)


@with_pgbouncer
def test_an_option_in_the_address_that_the_pooler_does_not_know_is_told_as_that(
    tmp_path: Path, database_url: str
) -> None:
    """Not as a database that does not answer."""
    with pgbouncer(tmp_path, database_url, pool_mode="transaction") as url:
        failure = _refusal(f"{url}?options=-cstatement_timeout%3D1s")
    assert failure.code == "database_pooled"
    assert "does not pass on a parameter in XBOT_DATABASE_URL" in failure.reason


@with_pgbouncer
@pytest.mark.slow
def test_the_doctor_names_the_pooler(tmp_path: Path, database_url: str) -> None:
    """Where it said that the database answers; so does every command that needs it."""
    with pgbouncer(tmp_path, database_url, pool_mode="transaction") as url:
        environment = {"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_DATABASE_URL": url}
        told = " ".join(CliRunner().invoke(app, ["doctor"], env=environment).stdout.split())
        posted = CliRunner().invoke(app, ["post", "Hello"], env=environment)
    assert "fail Database The database is behind a pooler that cannot be used" in told
    assert EACH in told
    assert DIRECT in told
    assert isinstance(posted.exception, PermanentFailure)
    assert posted.exception.code == "database_pooled"


def test_without_a_pooler_nothing_is_refused_and_no_second_connection_is_made(database_url: str) -> None:
    """One question is enough: the process that answers is the one that took the connection."""
    with psycopg.connect(database_url, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:

        def never(**_more: object) -> psycopg.Connection[dict[str, object]]:
            raise AssertionError

        refuse_shared(connection, never)
    open_database(_settings(database_url)).close()
