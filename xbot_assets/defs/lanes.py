"""The browser pool and its lanes: which tags a step carries, and which tags its run gets from them.

Keep out: the limits themselves (``dagster.yaml`` for lanes, ``build.py`` for the pool).
"""

from collections.abc import Mapping, Sequence

from xbot_assets.domain.lanes import Lane

BROWSER_POOL = "browser"
LANE_TAG = "xbot/lane"
PRIORITY_TAG = "dagster/priority"
PRIORITY = {Lane.CRITICAL: 10, Lane.HIGH: 5, Lane.LOW: 0}
"""Dagster starts higher numbers first; the report counts the other way (0 is most urgent)."""


def lane_tags(lane: Lane) -> dict[str, str]:
    """Return the op tags that say who goes first when slots are short."""
    return {LANE_TAG: str(lane), PRIORITY_TAG: str(PRIORITY[lane])}


def run_tags(steps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a run's tags from those of its browser steps.

    A run that mixes lanes counts in each of them and has the priority of its most urgent step. A run without
    browser steps gets none.
    """
    lanes = {step[LANE_TAG] for step in steps}
    if not lanes:
        return {}
    urgency = max(int(step.get(PRIORITY_TAG, "0")) for step in steps)
    return {f"{LANE_TAG}.{lane}": "1" for lane in sorted(lanes)} | {PRIORITY_TAG: str(urgency)}
