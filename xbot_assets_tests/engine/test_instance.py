"""Dagster's own storage and queue, with what we add to them."""

import dagster as dg
import psycopg
import pytest

from xbot_assets.build import ASSETS
from xbot_assets.defs.instance.storage import dagster_storage_url
from xbot_assets.defs.lanes import BROWSER_POOL, refuse_without_lane
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets_tests.engine.queuing import queued_tags


def test_dagster_keeps_its_tables_beside_the_product_s(instance: dg.DagsterInstance, database_url: str) -> None:
    """One database holds both; each in its own schema."""
    assert instance.get_runs_count() == 0
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("select schemaname from pg_tables where tablename in ('runs', 'posts')").fetchall()
    assert sorted(rows) == [("dagster",), ("xbot",)]


def test_the_pool_has_three_slots_and_an_unknown_pool_one(instance: dg.DagsterInstance) -> None:
    """Nobody configured the second: it is serial, not unlimited."""
    assert instance.event_log_storage.get_concurrency_info(BROWSER_POOL).slot_count == 3
    pools = instance.get_concurrency_config().pool_config
    assert pools.default_pool_limit == 1


@pytest.mark.parametrize(
    ("job", "lanes", "priority"),
    [
        ("publish", {"xbot/lane.critical"}, "10"),
        ("measure", {"xbot/lane.high"}, "5"),
        ("loop", {"xbot/lane.critical", "xbot/lane.high"}, "10"),
        ("plan", set(), None),
    ],
)
def test_a_queued_run_carries_the_lanes_of_its_steps(
    instance: dg.DagsterInstance, definitions: dg.Definitions, job: str, lanes: set[str], priority: str | None
) -> None:
    """Whoever submits it: the tags come from the run's own plan."""
    tags = queued_tags(instance, definitions, job)
    assert {tag for tag in tags if tag.startswith("xbot/lane.")} == lanes
    assert tags.get("dagster/priority") == priority


def test_a_part_of_a_mixed_run_counts_only_in_its_own_lanes(
    instance: dg.DagsterInstance, definitions: dg.Definitions
) -> None:
    """Materializing one asset of the loop from the UI is not held up by the others' lanes."""
    tags = queued_tags(instance, definitions, "loop", asset_selection=frozenset({dg.AssetKey("published_posts")}))
    assert {tag for tag in tags if tag.startswith("xbot/lane.")} == {"xbot/lane.critical"}


def test_a_priority_given_by_hand_is_kept(instance: dg.DagsterInstance, definitions: dg.Definitions) -> None:
    """A person may push a run; a lane is not theirs to choose."""
    tags = queued_tags(instance, definitions, "measure", tags={"dagster/priority": "99"})
    assert tags["dagster/priority"] == "99"
    assert "xbot/lane.high" in tags


def test_the_limits_leave_a_slot_for_critical_work(instance: dg.DagsterInstance) -> None:
    """One high and one low at a time; the third slot is critical's own."""
    limits = instance.get_concurrency_config().run_queue_config
    assert limits is not None
    by_key = {limit["key"]: limit["limit"] for limit in limits.tag_concurrency_limits or []}
    assert by_key.pop("xbot/lane.high") == 1
    assert by_key.pop("xbot/lane.low") == 1
    assert "xbot/lane.critical" not in by_key


def test_every_asset_is_materialized_by_one_run_at_a_time(instance: dg.DagsterInstance) -> None:
    """The overlap guard holds whoever starts the second run; an asset that nobody listed fails here."""
    limits = instance.get_concurrency_config().run_queue_config
    assert limits is not None
    guarded = {limit["key"] for limit in limits.tag_concurrency_limits or [] if limit["limit"] == 1}
    assert {f"xbot/asset.{asset.op.name}" for asset in ASSETS} <= guarded


def test_a_browser_step_without_a_lane_does_not_load() -> None:
    """It would hold a slot that is promised to somebody."""

    @dg.asset(pool=BROWSER_POOL)
    def nameless() -> None:
        """Use a slot without saying for whom."""

    with pytest.raises(PermanentFailure, match="nameless"):
        refuse_without_lane([nameless])


def test_without_a_database_the_instance_says_what_to_start() -> None:
    """`dagster dev` before the parts run must not end in a traceback about a driver."""
    with pytest.raises(PermanentFailure, match="xbot up --parts"):
        dagster_storage_url(Settings())
