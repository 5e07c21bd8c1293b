"""The watch as a whole: each of its looks is made for itself, and what cannot be seen is said once in the log."""

import logging
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from xbot_assets.domain.alerts.operations import BROWSER_DEGRADED
from xbot_assets.service.health.components import Verdict
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.watch.watcher import Watcher
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert, open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def verdict(state: str, name: str = "Browser host") -> Verdict:
    """Return one."""
    said = {"name": name, "state": state, "required": True, "detail": "It is gone.", "took_ms": 1, "checked_at": NOW}
    return Verdict.model_validate(said)


async def _never() -> list[Verdict]:
    return []


def test_a_dagster_that_does_not_answer_hides_no_other_trouble(
    database: Database, settings_for: SettingsFor, caplog: pytest.LogCaptureFixture
) -> None:
    """Its own silence is in the log once; memory, parts and due work are looked at all the same."""
    settings = settings_for(web_url="http://127.0.0.1:1", memory_warn_mb=10_000_000, critical_silence_minutes=1)
    connections = Connections(lambda: settings)
    watcher = Watcher(connections, _never)
    caplog.set_level(logging.WARNING)
    for real in (0.0, 61.0):
        watcher.look([verdict("ok")], real)
    told = {one.key for one in open_alerts(database)}
    assert {"memory:short", "silent:plan_when_due"} <= told
    assert caplog.text.count("The looks and assets could not be watched: The Dagster UI does not answer") == 1
    for real in (100.0, 170.0):
        watcher.look([verdict("failed")], real)
    connections.close()
    assert "part_down:browser_host" in {one.key for one in open_alerts(database)}


def test_a_look_asks_dagster_once_for_all_that_is_watched(database: Database, settings_for: SettingsFor) -> None:
    """Schedules, sensors and the freshness of assets come in one answer, and each is told of."""
    asked: list[str] = []

    async def graphql(request: Request) -> JSONResponse:
        asked.append((await request.json())["query"])
        state = {"status": "RUNNING", "ticks": [{"timestamp": 0.0, "status": "FAILURE"}], "nextTick": None}
        sensor = {"name": "s", "minIntervalSeconds": 9, "targets": [], "sensorState": state}
        judged = {"freshnessStatus": "DEGRADED", "freshnessStatusMetadata": None}
        assets = [{"assetKey": {"path": ["plan"]}, "freshnessStatusInfo": judged}]
        nodes = [{"schedules": [], "sensors": [sensor]}]
        return JSONResponse({"data": {"repositoriesOrError": {"nodes": nodes}, "assetNodes": assets}})

    with served(Starlette(routes=[Route("/graphql", graphql, methods=["POST"])])) as url:
        settings = settings_for(web_url=url, memory_warn_mb=0)
        connections = Connections(lambda: settings)
        Watcher(connections, _never).look([verdict("ok")], 0.0)
        connections.close()
    assert len(asked) == 1
    assert {"look_failed:s", "look_missed:s", "stale:plan"} <= {one.key for one in open_alerts(database)}


def test_a_browser_that_did_not_start_is_over_when_the_host_has_one(
    database: Database, settings_for: SettingsFor
) -> None:
    """Not only at the next start of the stack."""
    settings = settings_for(memory_warn_mb=0)
    connections = Connections(lambda: settings)
    watcher = Watcher(connections, _never)
    alert(database, BROWSER_DEGRADED, now=NOW, reason="There is no browser.")
    watcher.look([verdict("failed")], 0.0)
    assert [one.key for one in open_alerts(database)] == ["browser.degraded"]
    watcher.look([verdict("ok")], 61.0)
    connections.close()
    assert open_alerts(database) == []


def test_with_the_parts_alone_no_work_is_missed(database: Database, settings_for: SettingsFor) -> None:
    """Nobody would do it."""
    settings = settings_for(critical_silence_minutes=1, memory_warn_mb=0)
    connections = Connections(lambda: settings)
    watcher = Watcher(connections, _never)
    for real in (0.0, 10_000.0):
        watcher.look([verdict("ok")], real)
    connections.close()
    assert open_alerts(database) == []


def test_a_database_that_is_away_is_said_once_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a password, and without an end of the watch."""
    away = SecretStr("postgresql://me:hunter2@127.0.0.1:1/db")
    settings = Settings(home=tmp_path, database_url=away, database_connect_seconds=1)
    connections = Connections(lambda: settings)
    watcher = Watcher(connections, _never)
    for real in (0.0, 61.0):
        watcher.look([verdict("failed", "Database")], real)
    connections.close()
    assert caplog.text.count("The parts could not be watched") == 1
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("module", ["openai", "numpy"])
def test_the_service_watches_without_any_client_of_a_model_and_without_numerics(module: str) -> None:
    """They would take 30 MB of every stack, for questions that are put to the database; Insights loads its own."""
    loaded = f"import sys, xbot_assets.service.app; print('{module}' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.strip() == "False"
