"""The browser pool and its lanes: which tags a step carries, and which tags its run gets from them.

Keep out: the limits themselves (``dagster.yaml`` for lanes, ``build.py`` for the pool).
"""

from collections.abc import Mapping, Sequence

import dagster as dg

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane

BROWSER_POOL = "browser"
LANE_TAG = "xbot/lane"
STEP_TAG = "xbot/asset"
"""Tagged on every run that materializes the asset; ``dagster.yaml`` lets one such run go at a time."""
PRIORITY_TAG = "dagster/priority"
PRIORITY = {Lane.CRITICAL: 10, Lane.HIGH: 5, Lane.LOW: 0}
"""Dagster starts higher numbers first; the report counts the other way (0 is most urgent)."""


def step_tags(asset: str, lane: Lane | None = None) -> dict[str, str]:
    """Return the op tags of an asset's step: its name, and its lane when it holds a browser slot."""
    named = {STEP_TAG: asset}
    return named if lane is None else named | {LANE_TAG: str(lane), PRIORITY_TAG: str(PRIORITY[lane])}


def run_tags(steps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a run's tags from those of its steps: one for each asset, one for each lane, and a priority.

    A run that mixes lanes counts in each of them and has the priority of its most urgent step.
    """
    tags = {f"{STEP_TAG}.{step[STEP_TAG]}": "1" for step in steps if STEP_TAG in step}
    tags |= {f"{LANE_TAG}.{step[LANE_TAG]}": "1" for step in steps if LANE_TAG in step}
    urgencies = [int(step[PRIORITY_TAG]) for step in steps if PRIORITY_TAG in step]
    return tags | ({PRIORITY_TAG: str(max(urgencies))} if urgencies else {})


def refuse_without_lane(assets: Sequence[dg.AssetsDefinition]) -> None:
    """Refuse to load a step that would hold a browser slot without saying for whom.

    Raises:
        PermanentFailure: naming every such asset.
    """
    nameless = sorted(a.op.name for a in assets if a.op.pool == BROWSER_POOL and LANE_TAG not in a.op.tags)
    if nameless:
        raise PermanentFailure(
            f"These assets use the browser pool without a lane: {', '.join(nameless)}.",
            code="no_lane",
            remedy="Give each op_tags=step_tags(name, Lane.CRITICAL, HIGH or LOW).",
        )
