"""The whole asset graph as one snapshot, and the rules that every asset keeps."""

import re
from itertools import pairwise
from typing import Any

import dagster as dg
from syrupy.assertion import SnapshotAssertion

from xbot_assets.build import ASSETS
from xbot_assets.defs.lanes import BROWSER_POOL
from xbot_assets.domain.lanes import Lane

NAME = re.compile(r"[a-z]+(_[a-z]+)*")


def described(definitions: dg.Definitions) -> dict[str, Any]:
    """Return what a user sees of the graph, as plain data."""
    graph = definitions.resolve_asset_graph()
    assets = {}
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        assets[key.to_user_string()] = {
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "group": node.group_name,
            "kinds": sorted(node.kinds),
            "owners": sorted(str(owner) for owner in node.owners),
            "pools": sorted(node.pools or []),
        }
    repository = definitions.get_repository_def()
    return {
        "assets": assets,
        "checks": sorted(str(key.name) for key in graph.asset_check_keys),
        "jobs": sorted(job.name for job in repository.get_all_jobs() if not job.name.startswith("__")),
        "schedules": {s.name: s.default_status.value for s in repository.schedule_defs},
        "sensors": {s.name: s.default_status.value for s in repository.sensor_defs},
    }


def test_the_graph_is_the_one_last_agreed_on(definitions: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    """A change of the graph is seen in review, never by accident."""
    assert described(definitions) == snapshot


def test_everything_runs_by_itself_after_a_start(definitions: dg.Definitions) -> None:
    """An idle stack keeps posting and learning: nothing waits for a switch in the UI."""
    graph = described(definitions)
    states = {**graph["schedules"], **graph["sensors"]}
    assert set(states.values()) == {"RUNNING"}


def test_every_asset_is_described_and_owned(definitions: dg.Definitions) -> None:
    """The catalogue answers what an asset is and whom to ask."""
    for spec in definitions.resolve_all_asset_specs():
        assert spec.description, spec.key
        assert spec.owners, spec.key
        assert spec.group_name != "default", spec.key
        assert NAME.fullmatch(spec.key.to_user_string()), spec.key


def test_every_step_of_the_browser_is_in_the_pool_of_its_lane(definitions: dg.Definitions) -> None:
    """Any other step is in a pool of its own name, which has one slot: nothing is materialized twice at once."""
    steps = {asset.op.name for asset in ASSETS}
    for job in definitions.get_repository_def().get_all_jobs():
        for node in job.graph.iterate_op_defs():
            if node.name not in steps:
                continue  # a check: it only reads
            lane = node.tags.get("xbot/lane")
            assert node.pool == (BROWSER_POOL[Lane(lane)] if lane else node.name)
            assert not lane or "dagster/priority" in node.tags, node.name


def test_the_loop_is_one_chain_from_the_champions_to_the_champions(definitions: dg.Definitions) -> None:
    """Plan, publish, measure, learn: each rests on the one before."""
    graph = definitions.resolve_asset_graph()
    chain = [
        "champions_in_use",
        "content_plan",
        "published_posts",
        "post_metrics",
        "engagement_outcomes",
        "bandit_model",
        "champion_models",
    ]
    for upstream, downstream in pairwise(chain):
        assert dg.AssetKey(upstream) in graph.get(dg.AssetKey(downstream)).parent_keys
