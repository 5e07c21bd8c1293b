"""``xbot alerts`` and ``xbot resume`` as a person types them, on a real database. The commands run in this process."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from xbot_assets.cli.app import app
from xbot_assets.cli.decisions.review import who_asks
from xbot_assets.domain.alerts.operations import PROCESS_DYING
from xbot_assets.domain.alerts.publishing import FAILED_POST
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.steps.account.publishing_hold import hold_publishing
from xbot_assets.store.account.publishing_holds import hold_reason
from xbot_assets.store.alerts import alert, open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.sink import running_sink

Xbot = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Xbot:
    """Run ``xbot`` with some words."""
    environment = {"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_DATABASE_URL": database_url}
    return lambda *words: CliRunner().invoke(app, list(words), env=environment)


def hold(db: Database) -> None:
    """Hold publishing."""
    locked = PermanentFailure("X has locked the account.", code=FailureCode.LOCKED, remedy="Unlock it on X.")
    with db.transaction() as transaction:
        hold_publishing(transaction, locked, system_now())


def test_open_alerts_are_listed_with_what_ends_them_and_their_place_in_the_runbook(
    database: Database, database_url: str, run: Xbot
) -> None:
    """Nothing of what they say steers the terminal; one of an earlier version is listed like the others."""
    assert "No alert is open." in run("alerts", "list").stdout
    alert(database, FAILED_POST, now=system_now(), post_id=7, reason="\x1b[31mRed.", remedy="")
    alert(database, PROCESS_DYING, now=system_now(), name="web", deaths=3)
    with psycopg.connect(database_url) as connection:
        connection.execute("update xbot.alerts set key = 'of_old' where key = 'process.web'")
    shown = run("alerts", "list").stdout
    for words in ("failed_post:7", "A person acknowledges it.", "docs/runbook.md#a-post-was-refused", "of_old"):
        assert words in shown
    assert "\x1b" not in shown
    assert {row["key"] for row in json.loads(run("alerts", "list", "--json").stdout)} == {"failed_post:7", "of_old"}


def test_an_alert_is_acknowledged_under_the_name_of_who_did_it(
    database: Database, database_url: str, run: Xbot
) -> None:
    """A second time there is nothing to acknowledge, and the hold that one told of goes on."""
    hold(database)
    assert "acknowledged" in run("alerts", "acknowledge", "account:locked").stdout
    assert open_alerts(database) == []
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select acknowledged_by from xbot.alerts").fetchall() == [(who_asks(),)]
    again = run("alerts", "acknowledge", "account:locked").exception
    assert isinstance(again, ProductError)
    assert again.code == "no_such_alert"
    assert hold_reason(database) is not None


def test_resuming_says_what_was_lifted_and_keeps_who_did_it(database: Database, database_url: str, run: Xbot) -> None:
    """And says so when nothing was on hold."""
    assert "was not on hold" in run("resume").stdout
    hold(database)
    done = run("resume").stdout
    assert "X has locked the account." in done
    assert "Publishing goes on." in done
    assert hold_reason(database) is None
    with psycopg.connect(database_url) as connection:
        lifted = connection.execute("select lifted_by, lifted_how from xbot.publishing_holds").fetchall()
    assert lifted == [(who_asks(), "resumed")]


@pytest.mark.usefixtures("database")
def test_channels_are_tried_and_listed_without_their_addresses(database_url: str, tmp_path: Path) -> None:
    """One takes the message, one refuses it, one is no channel: each says so, and the command fails."""
    with running_sink() as good, running_sink() as bad:
        bad.refusals = 9
        urls = f"{good.channel()} {bad.channel()} nonsense://secret"
        environment = {
            "XBOT_HOME": str(tmp_path / ".xbot"),
            "XBOT_DATABASE_URL": database_url,
            "XBOT_ALERT_URLS": urls,
        }
        tried = CliRunner().invoke(app, ["alerts", "test"], env=environment)
        listed = CliRunner().invoke(app, ["alerts", "channels"], env=environment)
        assert good.titles == ["A test from xbot"]
    lines = tried.stdout.splitlines()
    assert tried.exit_code == 1
    assert "took it" in lines[0]
    assert "did not take the message" in lines[1]
    assert "none that apprise knows" in lines[2]
    assert len(listed.stdout.splitlines()) == 3
    assert "secret" not in tried.stdout + listed.stdout + str(tried.exception)
