"""A smaller run of benchmarks/budget_wall.py: processes at once on one budget, against the real server.

And a process that is killed in the middle of its call.
"""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.store.content.budget import settle_for_the_dead
from xbot_assets.store.content.ledger import recent_calls
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.testing.content.budget_load import BEGINNING, Crowd, Phase, SandboxModel, generate, writer
from xbot_assets.testing.content.budget_wall import WallRun, broken_promises, wall_settings
from xbot_assets.testing.patience import until
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.site import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """Three processes."""
    crowd = Crowd(3)
    yield crowd
    crowd.close()


@pytest.mark.soak
def test_the_budget_is_a_wall_and_a_quota_error_is_met_once(
    settings_for: SettingsFor, site: Site, crowd: Crowd, tmp_path: Path
) -> None:
    """Spent within the budget, nothing lost, the ledger the server's own log; check-then-record overspends."""
    settings = wall_settings(settings_for(openai_base_url=f"{site.url}/v1"), tmp_path, 0.5)
    try:
        with open_database(settings) as database:
            figures = WallRun(settings, SandboxModel(site.url, site.token), database, crowd, 24).measure()
    finally:
        site.set_faults()
    assert broken_promises(figures) == [], figures


def write_one(phase: Phase) -> None:
    """Have one post written; the process is killed before it is there."""
    with open_database(phase.settings) as database, writer(phase, database) as model:
        generate(model)


def test_a_process_killed_in_the_middle_of_its_call_is_booked_as_unknown(
    settings_for: SettingsFor, site: Site, database: Database, database_url: str, tmp_path: Path
) -> None:
    """Nobody knows whether the request went out, so its worst case counts. The lease is ended by hand, to save time."""
    settings = wall_settings(settings_for(openai_base_url=f"{site.url}/v1"), tmp_path, 0.5)
    site.set_faults(llm_delay_seconds=1)
    process = multiprocessing.get_context("spawn").Process(target=write_one, args=(Phase(settings, 1, BEGINNING),))
    process.start()
    try:
        with psycopg.connect(database_url, autocommit=True) as connection:
            until(lambda: bool(connection.execute("select from xbot.budget_reservations where sent").fetchall()))
            process.kill()
            connection.execute("update xbot.budget_reservations set lease_until = clock_timestamp()")
    finally:
        process.kill()
        process.join()
        process.close()
        site.set_faults()
    assert settle_for_the_dead(database) == 1
    (row,) = recent_calls(database, 9)
    assert (row.outcome, row.failure_code) == ("unknown", "process_died")
    assert row.cost_microusd > 0
    account = budget_now(database, settings, BEGINNING).account
    assert (account.spent, account.reserved) == (row.cost_microusd, 0)
