"""The browser lanes: which pool a step is in, which tags it carries, and which tags its run gets from them.

Every asset's step is in a pool, which is what keeps it from being materialized twice at once, whoever starts the second
run: a step of the browser is in its lane's pool, any other in one of its own, which has one slot. So in a run of
several lanes each step waits for its own lane only.
"""

from collections.abc import Mapping, Sequence

import dagster as dg

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane

BROWSER_POOL = {lane: f"browser_{lane}" for lane in Lane}
"""The pool of each lane."""
LANE_TAG = "xbot/lane"
MIXED_TAG = "xbot/mixed"
"""Tagged on a run that begins as critical and goes on in other lanes: it may stay long, so ``dagster.yaml`` bounds how
many of them there are at a time."""
NO_LANE = "none"
"""The lane, as a run's tag, of a run without any browser step."""
PRIORITY_TAG = "dagster/priority"
PRIORITY = {Lane.CRITICAL: 10, Lane.HIGH: 5, Lane.LOW: 0}
"""Dagster starts higher numbers first. The lanes are numbered the other way: 0 is most urgent."""


def lane_tags(lane: Lane) -> dict[str, str]:
    """Return the op tags of a step that holds a browser slot."""
    return {LANE_TAG: str(lane), PRIORITY_TAG: str(PRIORITY[lane])}


def run_tags(steps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a run's tags from those of its steps: its most urgent lane and that lane's priority.

    A run that mixes lanes starts as its most urgent step would: if it had to wait until all of its lanes are free at
    once, it would seldom start. Its other steps wait for their own lanes at their pools.
    """
    lanes = {Lane(step[LANE_TAG]) for step in steps if LANE_TAG in step}
    if not lanes:
        return {f"{LANE_TAG}.{NO_LANE}": "1"}
    first = max(lanes, key=PRIORITY.__getitem__)
    mixed = {MIXED_TAG: "1"} if first is Lane.CRITICAL and len(lanes) > 1 else {}
    return {f"{LANE_TAG}.{first}": "1", PRIORITY_TAG: str(PRIORITY[first])} | mixed


def pool_limits(slots: int, *, fourth: bool) -> dict[str, int]:
    """Return how many steps of each lane may run at once, by pool.

    High and low have one slot each. Critical may have all that there are: the browser host lets it have the slots
    that high and low leave free, and takes one back from low when there is none.
    """
    limits = dict.fromkeys(BROWSER_POOL.values(), 1)
    return limits | {BROWSER_POOL[Lane.CRITICAL]: slots + int(fourth)}


def refuse_without_pool(assets: Sequence[dg.AssetsDefinition]) -> None:
    """Refuse to load a step that is in no pool, or that would hold a browser slot in another lane's name.

    Raises:
        PermanentFailure: naming every such asset.
    """
    wrong = sorted(a.op.name for a in assets if not _in_its_pool(a))
    if wrong:
        raise PermanentFailure(
            f"These assets are in no pool, or in a browser pool that is not their lane's: {', '.join(wrong)}.",
            code=FailureCode.NO_LANE,
            remedy="Give a browser step pool=BROWSER_POOL[lane] and op_tags=lane_tags(lane), any other pool=its name.",
        )


def _in_its_pool(asset: dg.AssetsDefinition) -> bool:
    lane = asset.op.tags.get(LANE_TAG)
    if lane is None:
        return asset.op.pool is not None and asset.op.pool not in BROWSER_POOL.values()
    return asset.op.pool == BROWSER_POOL[Lane(lane)]
