"""Dagster's own storage and queue, with what we add to them."""

from collections import Counter

import dagster as dg
import psycopg
import pytest
import sqlalchemy
from pydantic import SecretStr

from xbot_assets.defs.instance.coordinator import SAME_AS_TAG
from xbot_assets.defs.instance.storage import dagster_storage_url
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags, refuse_without_pool
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.settings import Settings
from xbot_assets_tests.defs.queuing import queued_tags

CRITICAL_RUNS_AT_LEAST = 3
"""However many other runs there are, so many critical ones can start at once."""


def test_dagster_keeps_its_tables_beside_the_product_s(instance: dg.DagsterInstance, database_url: str) -> None:
    """One database holds both; each in its own schema."""
    assert instance.get_runs_count() == 0
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("select schemaname from pg_tables where tablename in ('runs', 'posts')").fetchall()
    assert sorted(rows) == [("dagster",), ("xbot",)]


def test_high_and_low_have_one_slot_each_and_an_unknown_pool_too(instance: dg.DagsterInstance) -> None:
    """Nobody configured the last: it is serial, not unlimited."""
    counted = {lane: instance.event_log_storage.get_concurrency_info(BROWSER_POOL[lane]).slot_count for lane in Lane}
    assert counted == {Lane.CRITICAL: 3, Lane.HIGH: 1, Lane.LOW: 1}
    pools = instance.get_concurrency_config().pool_config
    assert pools.default_pool_limit == 1


@pytest.mark.parametrize(
    ("job", "lanes", "priority"),
    [
        ("publish", {"xbot/lane.critical"}, "10"),
        ("measure", {"xbot/lane.high"}, "5"),
        ("loop", {"xbot/lane.critical"}, "10"),
        ("plan", {"xbot/lane.none"}, None),
    ],
)
def test_a_queued_run_carries_the_most_urgent_lane_of_its_steps(
    instance: dg.DagsterInstance, definitions: dg.Definitions, job: str, lanes: set[str], priority: str | None
) -> None:
    """Whoever submits it: the tags come from the run's own plan."""
    tags = queued_tags(instance, definitions, job)
    assert {tag for tag in tags if tag.startswith("xbot/lane.")} == lanes
    assert tags.get("dagster/priority") == priority


def test_a_part_of_a_mixed_run_counts_only_in_its_own_lane(
    instance: dg.DagsterInstance, definitions: dg.Definitions
) -> None:
    """Materializing one asset of the loop from the UI counts as what it does, not as what its job may do."""
    whole = queued_tags(instance, definitions, "loop")
    part = queued_tags(instance, definitions, "loop", asset_selection=frozenset({dg.AssetKey("post_metrics")}))
    assert "xbot/mixed" in whole
    assert "xbot/mixed" not in part
    assert {tag for tag in part if tag.startswith("xbot/lane.")} == {"xbot/lane.high"}


def test_a_priority_given_by_hand_is_kept(instance: dg.DagsterInstance, definitions: dg.Definitions) -> None:
    """A person may push a run; a lane is not theirs to choose."""
    tags = queued_tags(instance, definitions, "measure", tags={"dagster/priority": "99"})
    assert tags["dagster/priority"] == "99"
    assert "xbot/lane.high" in tags


def by_status(instance: dg.DagsterInstance) -> Counter[str]:
    """Count the runs by status."""
    return Counter(run.status.value for run in instance.get_runs())


def test_an_impatient_hand_starts_one_run(instance: dg.DagsterInstance, definitions: dg.Definitions) -> None:
    """The others are cancelled at once, and each names the run that waits for the same work."""
    for _ in range(18):
        queued_tags(instance, definitions, "measure")
    assert by_status(instance) == {"QUEUED": 1, "CANCELED": 17}
    (waiting,) = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
    newest = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.CANCELED]), limit=1)[0]
    assert newest.tags[SAME_AS_TAG] == waiting.run_id
    events = [record.event_log_entry.dagster_event for record in instance.get_records_for_run(newest.run_id).records]
    said = [event.message or "" for event in events if event is not None]
    assert any(f"Run {waiting.run_id} waits in the queue for the same work" in line for line in said)


def test_runs_of_different_work_and_of_backfills_all_wait(
    instance: dg.DagsterInstance, definitions: dg.Definitions
) -> None:
    """Another selection, another occasion that a person named, another partition; a backfill counts its own runs."""
    queued_tags(instance, definitions, "loop")
    queued_tags(instance, definitions, "loop", asset_selection=frozenset({dg.AssetKey("post_metrics")}))
    queued_tags(instance, definitions, "loop", tags={"why": "a look by hand"})
    queued_tags(instance, definitions, "loop", tags={"dagster/partition": "2026-11-01"})
    for _ in range(2):
        queued_tags(instance, definitions, "loop", tags={"dagster/backfill": "b"})
    assert by_status(instance) == {"QUEUED": 6}


def test_a_run_that_has_begun_is_no_reason_to_drop_the_next(
    instance: dg.DagsterInstance, definitions: dg.Definitions
) -> None:
    """What it read may be old by now."""
    instance.create_run_for_job(definitions.resolve_job_def("measure"), status=dg.DagsterRunStatus.STARTED)
    queued_tags(instance, definitions, "measure")
    assert by_status(instance) == {"STARTED": 1, "QUEUED": 1}


def test_the_limits_leave_a_slot_for_critical_work(instance: dg.DagsterInstance) -> None:
    """One high and one low at a time; the third slot is critical's own."""
    limits = instance.get_concurrency_config().run_queue_config
    assert limits is not None
    by_key = {limit["key"]: limit["limit"] for limit in limits.tag_concurrency_limits or []}
    assert by_key["xbot/lane.high"] == 1
    assert by_key["xbot/lane.low"] == 1
    assert "xbot/lane.critical" not in by_key
    assert sum(by_key.values()) <= limits.max_concurrent_runs - CRITICAL_RUNS_AT_LEAST


@pytest.mark.parametrize(
    ("pool", "tags"),
    [
        (BROWSER_POOL[Lane.HIGH], {}),
        (BROWSER_POOL[Lane.HIGH], lane_tags(Lane.LOW)),
        ("elsewhere", lane_tags(Lane.LOW)),
        (None, lane_tags(Lane.LOW)),
        (None, {}),
    ],
)
def test_a_step_in_no_pool_or_in_another_lane_s_does_not_load(pool: str | None, tags: dict[str, str]) -> None:
    """It would hold a slot that is promised to somebody, or run twice at once."""

    @dg.asset(pool=pool, op_tags=tags)
    def misplaced() -> None:
        """Do nothing."""

    with pytest.raises(PermanentFailure, match="misplaced"):
        refuse_without_pool([misplaced])


def test_without_a_database_the_instance_says_what_to_start() -> None:
    """`dagster dev` before the parts run must not end in a traceback about a driver."""
    with pytest.raises(PermanentFailure, match="xbot up --parts"):
        dagster_storage_url(Settings())


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", "-csearch_path=dagster"),
        ("?sslmode=disable", "-csearch_path=dagster"),
        ("?options=-cstatement_timeout%3D9s&sslmode=disable", "-cstatement_timeout=9s -csearch_path=dagster"),
    ],
)
def test_options_in_the_address_are_kept_beside_dagster_s_schema(database_url: str, query: str, options: str) -> None:
    """Two parameters of that name would be none that a driver takes."""
    url = sqlalchemy.make_url(dagster_storage_url(Settings(database_url=SecretStr(database_url + query))))
    assert url.query["options"] == options
    with sqlalchemy.create_engine(url).connect() as connection:
        assert connection.execute(sqlalchemy.text("show search_path")).scalar() == "dagster"
