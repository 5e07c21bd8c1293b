"""Schedules and sensors that fail or look no more are told, each once, until they look again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from dagster_graphql.schema import create_schema
from graphql import parse, validate

from xbot_assets.service.health.automations import QUERY as OF_THE_PAGE
from xbot_assets.service.health.automations import Automation, read
from xbot_assets.service.health.freshness import read_stale
from xbot_assets.service.watch.dagster_seen import QUERY as OF_THE_WATCH
from xbot_assets.service.watch.freshness import watch_freshness
from xbot_assets.service.watch.looks import watch_looks
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PLAN = Automation(
    name="plan_when_due",
    every="* * * * *",
    runs=True,
    job="plan",
    looked_at=NOW - timedelta(seconds=30),
    looked="skipped",
    next_at=None,
    every_seconds=60,
)


def told(database: Database, *looking: Automation) -> dict[str, str]:
    """Watch once; return what is open then."""
    watch_looks(database, looking, NOW, NOW)
    return {alert.key: alert.reason for alert in open_alerts(database)}


def test_a_failed_look_is_told_with_its_reason_until_a_later_one_goes_well(database: Database) -> None:
    """Dagster tells nobody."""
    failed = replace(PLAN, looked="failure", trouble="The database does not answer.")
    other = replace(PLAN, name="publish_when_due")
    told_once = told(database, failed, other)
    assert told_once == {
        "look_failed:plan_when_due": "The last look of plan_when_due failed: The database does not answer."
    }
    assert told(database, failed, other) == told_once
    assert told(database, PLAN, other) == {}


@pytest.mark.parametrize(
    ("every_seconds", "minutes", "missed"),
    [(60, 2, False), (60, 4, True), (3600, 80, False), (3600, 91, True), (9, 2, False), (None, 500, False)],
)
def test_a_look_is_missed_after_half_as_much_again_as_its_interval(
    database: Database, every_seconds: int | None, minutes: int, *, missed: bool
) -> None:
    """Those of seconds may be minutes late on a busy machine."""
    late = replace(PLAN, every_seconds=every_seconds, looked_at=NOW - timedelta(minutes=minutes))
    assert ("look_missed:plan_when_due" in told(database, late)) is missed


def test_what_is_switched_off_is_not_missed(database: Database) -> None:
    """An alert about it ends."""
    late = replace(PLAN, looked_at=NOW - timedelta(hours=1))
    assert told(database, late)
    assert told(database, replace(late, runs=False)) == {}


def test_interval_and_reason_are_read_from_what_dagster_answers() -> None:
    """Schedules by their minutes, sensors by their pause."""
    tick = {"timestamp": 1767225600.0, "status": "FAILURE", "error": {"message": "Boom:\n  no  way\n"}}
    state = {"status": "RUNNING", "ticks": [tick], "nextTick": None}
    schedules = [
        {"name": name, "cronSchedule": cron, "pipelineName": name, "scheduleState": state}
        for name, cron in (("a", "* * * * *"), ("b", "5,35 * * * *"), ("c", "0 3 * * *"))
    ]
    sensor = {"name": "s", "minIntervalSeconds": 9, "targets": [], "sensorState": state}
    answer = read(
        {
            "repositoriesOrError": {"nodes": [{"schedules": schedules, "sensors": [sensor]}]},
            "runsOrError": {"results": []},
        }
    )
    assert [(one.name, one.every_seconds) for one in answer.automations] == [
        ("a", 60),
        ("b", 1800),
        ("c", None),
        ("s", 9),
    ]
    assert {one.trouble for one in answer.automations} == {"Boom: no way"}


@pytest.mark.parametrize("question", [OF_THE_PAGE, OF_THE_WATCH])
def test_what_is_asked_of_dagster_is_in_its_schema(question: str) -> None:
    """A version of Dagster that renamed a field would be found here."""
    assert validate(create_schema().graphql_schema, parse(question)) == []


def test_a_stale_asset_is_told_until_it_is_made_anew(database: Database) -> None:
    """By Dagster's own judgement; what has no policy, was never made or is fresh is not told."""
    made = {"lastMaterializedTimestamp": (NOW - timedelta(hours=30)).timestamp()}
    states = {"metrics": "DEGRADED", "plan": "HEALTHY", "never": "UNKNOWN"}
    nodes = [
        {
            "assetKey": {"path": [name]},
            "freshnessStatusInfo": {"freshnessStatus": state, "freshnessStatusMetadata": made},
        }
        for name, state in states.items()
    ]
    stale = read_stale({"assetNodes": [*nodes, {"assetKey": {"path": ["free"]}, "freshnessStatusInfo": None}]})
    for _ in range(2):
        watch_freshness(database, stale, NOW, NOW)
    told_now = {alert.key: alert.reason for alert in open_alerts(database)}
    assert told_now == {"stale:metrics": "metrics was not made anew for 30 hours."}
    watch_freshness(database, [], NOW, NOW)
    assert open_alerts(database) == []
