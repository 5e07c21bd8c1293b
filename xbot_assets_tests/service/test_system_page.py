"""What the views System and Insights read: Dagster's automations, the lanes' course, a decision's proof."""

import threading
from datetime import UTC, datetime

import pytest
from dagster_graphql.schema import create_schema
from graphql import parse, validate

from xbot_assets.domain.failures import TransientFailure
from xbot_assets.service.health.automations import QUERY, automations, read
from xbot_assets.service.health.components import Component, Components
from xbot_assets.service.pages.insights import HALF_WIDTH, interval_of
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.page_scene import play
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.service.pages.review_page import visitor

TEN = datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_what_is_asked_of_dagster_is_in_its_schema() -> None:
    """A version of Dagster that renamed a field would be found here."""
    assert validate(create_schema().graphql_schema, parse(QUERY)) == []


def test_automations_are_read_with_their_last_and_next_look() -> None:
    """A sensor that starts several jobs names none; what never looked has no time."""
    tick = {"timestamp": 1767225600.0, "status": "FAILURE"}
    state = {"status": "RUNNING", "ticks": [tick], "nextTick": {"timestamp": 1767225660.0}}
    never: dict[str, object] = {"status": "STOPPED", "ticks": [], "nextTick": None}
    several = [{"pipelineName": "a"}, {"pipelineName": "b"}]
    node = {
        "schedules": [{"name": "z", "cronSchedule": "* * * * *", "pipelineName": "plan", "scheduleState": state}],
        "sensors": [{"name": "a", "minIntervalSeconds": 30, "targets": several, "sensorState": never}],
    }
    run = {"runId": "r1", "jobName": "plan", "status": "SUCCESS", "startTime": 10.0, "endTime": 12.5}
    answer = read({"repositoriesOrError": {"nodes": [node]}, "runsOrError": {"results": [run]}})
    sensor, schedule = answer.automations
    assert (sensor.every, sensor.runs, sensor.job, sensor.looked_at, sensor.next_at) == (
        "30 s",
        False,
        None,
        None,
        None,
    )
    assert (schedule.looked, schedule.job, schedule.runs) == ("failure", "plan", True)
    assert schedule.looked_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert [run.seconds for run in answer.runs] == [2.5]


def test_a_dagster_that_is_not_there_or_answers_nonsense_is_a_failure_with_a_remedy() -> None:
    """The rest of the page is shown all the same."""
    with pytest.raises(TransientFailure) as silent:
        automations("http://127.0.0.1:1", None, 1)
    assert silent.value.code == "unreachable"
    with pytest.raises(KeyError):
        read({})


@pytest.mark.parametrize(
    "compared", [{}, {"low": None, "gain": None, "high": None}, {"low": 0.0, "gain": 0.0, "high": 0.0}, {"gain": 1.0}]
)
def test_no_interval_is_drawn_where_none_is_known(compared: dict[str, float | None]) -> None:
    """Before the first look there is nothing to draw."""
    assert interval_of(compared) is None


def test_an_interval_is_drawn_around_no_gain_in_the_middle() -> None:
    """Losses to the left, gains to the right, within the drawing."""
    drawn = interval_of({"low": -0.01, "gain": 0.01, "high": 0.03})
    assert drawn is not None
    assert 0 < drawn["x_low"] < HALF_WIDTH < drawn["x_gain"] < drawn["x_high"] < 2 * HALF_WIDTH


def test_lanes_are_told_as_columns_of_one_time_axis(database: Database, settings_for: SettingsFor) -> None:
    """Waiting and working apart; a lane without an operation in a step has nothing there, not a nought."""
    settings = settings_for(approval="all")
    play(database, settings, TEN)
    with visitor(settings) as client:
        course = client.get("/system/lanes.json").json()
        page = client.get("/system").text
        insights = client.get("/insights").text
    assert set(course["lanes"]) == {"critical", "high", "low"}
    begin, end = course["shown"]
    assert end - begin == 24 * 3600
    assert begin <= min(course["at"]) <= max(course["at"]) <= end
    for columns in course["lanes"].values():
        assert len(columns["waited"]) == len(columns["worked"]) == len(course["at"])
        assert None in columns["waited"]
        assert all(took is None or took >= 4 for took in columns["worked"])
    assert "Waited, median" in page
    assert "surely between -0.0040 and +0.0280" in insights


@pytest.mark.anyio
async def test_a_page_waits_for_no_part_that_hangs_once_it_was_heard_of() -> None:
    """It shows the older verdict, with its age; a part that was never heard of is waited for."""
    hangs, free = threading.Event(), threading.Event()

    def ping() -> str:
        if hangs.is_set():
            free.wait(PATIENCE)
        return "Answers."

    components = Components([Component("Slow", ping, fresh_seconds=0)], ping_seconds=PATIENCE)
    try:
        (heard,) = await components.seen(0.01)
        assert heard.state == "ok"
        hangs.set()
        (shown,) = await components.seen(0.01)
        assert (shown.state, shown.checked_at) == ("ok", heard.checked_at)
    finally:
        free.set()
        components.close()


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio."""
    return "asyncio"
