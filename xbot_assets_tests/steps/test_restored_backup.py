"""Restoring the product's database: on hold from the first moment, and the wall of the budget holds, too."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from xbot_assets.domain.alerts.operations import BACKUP_MISSING, BACKUP_UNUSABLE
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.steps.account.publishing_hold import resume_publishing
from xbot_assets.steps.operations import backups as backup_steps
from xbot_assets.steps.operations.backups import backup_wait, drill_wait, make_backup, run_drill
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.restored_backup import restore_database
from xbot_assets.store.account.publishing_holds import open_holds
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.backup import restoring
from xbot_assets.store.backup.dumping import dump_to
from xbot_assets.store.backup.restoring import open_backup
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.content.budget import day_account
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.publishing.restorations import open_restoration
from xbot_assets.testing.servers import SettingsFor

NOWHERE = {"browser_url": "http://127.0.0.1:9", "openai_base_url": "http://127.0.0.1:9/v1"}


@pytest.fixture
def backup(settings_for: SettingsFor, tmp_path: Path) -> Path:
    """A backup of a migrated database."""
    dump_to(settings_for(), tmp_path / "a.backup")
    return tmp_path / "a.backup"


@pytest.mark.parametrize(("llm", "whole"), [("sandbox", False), ("openai", True)])
def test_the_rest_of_the_day_counts_as_spent_where_money_is_real(
    backup: Path, settings_for: SettingsFor, empty_database_url: str, llm: str, *, whole: bool
) -> None:
    """What was paid after the backup was made is not known; the sandbox's model costs nothing."""
    key = SecretStr("sk-only-for-this-test")
    settings = settings_for(database_url=SecretStr(empty_database_url), llm=llm, openai_api_key=key)
    with open_backup(backup, backup.parent) as opened:
        restore_database(settings, opened, force=False)
    with open_database(settings) as restored:
        today = DatabaseClock(restored).now().astimezone(settings.zone).date()
        assert day_account(restored, today).used == (settings.daily_budget_microusd if whole else 0)


def test_the_hold_is_there_even_when_a_restore_dies_right_after_it(
    backup: Path, settings_for: SettingsFor, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored by the restore's own transaction, and only a person lifts it then."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("xbot_assets.steps.restored_backup.migrate", die)
    settings = settings_for(database_url=SecretStr(empty_database_url))
    with open_backup(backup, backup.parent) as opened, pytest.raises(KeyboardInterrupt):
        restore_database(settings, opened, force=False)
    with open_database(settings) as restored:
        assert [hold.code for hold in open_holds(restored)] == [FailureCode.RESTORED]
        assert open_restoration(restored) is None


def test_a_person_can_lift_the_hold_and_no_look_is_waited_for_any_more(
    backup: Path, settings_for: SettingsFor, empty_database_url: str
) -> None:
    """'xbot resume' takes it upon the person."""
    settings = settings_for(database_url=SecretStr(empty_database_url))
    with open_backup(backup, backup.parent) as opened:
        restore_database(settings, opened, force=False)
    with open_database(settings) as restored:
        assert open_restoration(restored) is not None
        (lifted,) = resume_publishing(restored, "me", DatabaseClock(restored).now())
        assert lifted.code == FailureCode.RESTORED
        assert open_restoration(restored) is None


@pytest.fixture
def product(settings_for: SettingsFor) -> Any:  # noqa: ANN401 - a generator of products
    """A product that asks nobody but the database, and keeps two backups."""
    settings = settings_for(browser_token=SecretStr("t"), backup_keep=2, **NOWHERE)
    settings.home.mkdir()
    with open_product(settings, worker="test") as opened:
        yield opened


def installed(product: Product, ago: str) -> None:
    """Let the installation be older."""
    url = product.settings.database_url
    assert url is not None
    with psycopg.connect(url.get_secret_value(), options="-c search_path=xbot") as connection:
        connection.execute("update schema_migrations set applied_at = now() - %s::interval", [ago])
        connection.execute("update upkeep set done_at_real = done_at_real - %s::interval", [ago])


def told(product: Product) -> list[str]:
    """Return the keys of the open alerts."""
    return [alert.key for alert in open_alerts(product.database)]


def test_backups_are_due_every_day_and_the_newest_are_kept(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first comes a day after the installation; one that is long overdue is told, once, until one is made."""
    assert backup_wait(product) == "The first backup comes later."
    assert drill_wait(product) == "There is no backup to try yet."
    installed(product, "30 hours")
    assert (backup_wait(product), told(product)) == (None, [])
    installed(product, "50 hours")
    assert (backup_wait(product), told(product)) == (None, [BACKUP_MISSING.key])
    names = iter(f"xbot-2026010{day}-000000.backup" for day in (1, 2, 3))
    monkeypatch.setattr(backup_steps, "backup_name", lambda _now: next(names))
    made = [make_backup(product) for _ in range(3)]
    assert [one.removed for one in made] == [(), (), ("xbot-20260101-000000.backup",)]
    assert "The last backup was at" in (backup_wait(product) or "")
    assert told(product) == []
    assert drill_wait(product) == "The first restore drill comes later."


def test_a_drill_restores_the_newest_backup_and_tells_when_it_cannot(product: Product) -> None:
    """Into a server of its own; a backup that is gone, or damaged, is a person's to know."""
    with pytest.raises(PermanentFailure) as caught:
        run_drill(product)
    assert (caught.value.code, told(product)) == (FailureCode.NO_BACKUP, [BACKUP_MISSING.key])
    made = make_backup(product)
    whole = made.path.read_bytes()
    made.path.write_bytes(whole[:-1000])
    with pytest.raises(PermanentFailure, match="cut, changed") as caught:
        run_drill(product)
    assert (caught.value.code, told(product)) == (FailureCode.DRILL_FAILED, [BACKUP_UNUSABLE.key])
    made.path.write_bytes(whole)
    document = run_drill(product)
    assert (document["backup"], document["tables"]) == (made.path.name, len(made.manifest.tables))
    assert not list(product.settings.home.glob("drill/postgres*"))
    assert told(product) == []


def test_a_drill_notices_rows_that_did_not_come_back(
    backup: Path, settings_for: SettingsFor, empty_database_url: str
) -> None:
    """A restore that a database takes without a word is not believed."""
    settings = settings_for(database_url=SecretStr(empty_database_url))
    with open_backup(backup, backup.parent) as opened:
        restoring.restore_into(settings, opened, afterwards="delete from xbot.pace_rates where kind = 'reply';")
        with pytest.raises(PermanentFailure, match=r"pace_rates has 1 rows, not 2"):
            restoring.refuse_differing(settings, opened.manifest)
