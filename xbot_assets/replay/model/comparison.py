"""What lanes were meant to gain over the old pool, beside what the model says."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.catalogue import Demand
from xbot_assets.replay.model.measures import ALL_LANES, LaneMeasures, Measures
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.policies import Policy

WAIT_CUT = 0.95
"""Promised: total critical wait at least 95 % below the old pool's."""
CONTENTION_CUT = 0.5
"""Promised: contention down by at least half through consolidation."""
CRITICAL_WAIT_MAX_SECONDS = 60.0
"""Promised: critical work never waits longer."""
LOW_WAIT_MAX_SECONDS = 600.0
"""Promised: low work is never starved for longer."""
OLD_POOLS = (Policy.LEGACY, Policy.LEGACY_LEAKING)
OURS = (Policy.LANES, Policy.PREEMPT)

Plays = Mapping[Policy, Measures]


class Claim(BaseModel):
    """One promise and the model's answer. Cuts are shares: 0.95 is 95 % less; negative is more."""

    model_config = ConfigDict(frozen=True)

    claim: str
    overload: float | None
    promised: str
    before: float | None
    after: float
    model: float
    kept: bool


def waiting_claims(overload: float, plays: Plays, parameters: Parameters) -> Iterator[Claim]:
    """Yield the claims about waiting on the legacy tape, at one overload, for the policies that were played."""
    for ours in OURS:
        if ours not in plays:
            continue
        for old in OLD_POOLS:
            if old in plays:
                yield from _wait_cuts(overload, old, ours, plays, parameters)
        critical, low = _critical(plays[ours]).waits.max, plays[ours].longest_low_wait
        yield _ceiling(f"longest critical wait, {ours}", overload, critical, CRITICAL_WAIT_MAX_SECONDS)
        yield _ceiling(f"longest stay of low work in the queue, {ours}", overload, low, LOW_WAIT_MAX_SECONDS)


def _wait_cuts(overload: float, old: Policy, ours: Policy, plays: Plays, parameters: Parameters) -> Iterator[Claim]:
    before, after = _critical(plays[old]), _critical(plays[ours])
    total = after.waits.total
    what = f"total critical wait, {ours} against {old}"
    yield _cut(what, overload, before.waits.total, total, WAIT_CUT)
    starts = after.outcomes["served"] * parameters.start_seconds
    yield _cut(f"{what}, with Dagster's process starts", overload, before.waits.total, total + starts, WAIT_CUT)


def contention_claims(
    overload: float, legacy_tape: Plays, our_tape: Plays, demands: tuple[Demand, Demand]
) -> Iterator[Claim]:
    """Yield the claims about contention: browser seconds asked for, and the share of runs that wait.

    By consolidation alone means both tapes on the old pool; with the policy means ours on lanes.
    """
    if overload == 1:
        before, after = demands
        what = "browser seconds demanded in an hour"
        yield _cut(what, None, before.browser_seconds_per_hour, after.browser_seconds_per_hour, CONTENTION_CUT)
    for old in OLD_POOLS:
        for new in (old, Policy.LANES):
            if old in legacy_tape and new in our_tape:
                before_share, after_share = _waiting(legacy_tape[old]), _waiting(our_tape[new])
                what = f"share of runs that wait, our jobs on {new} against legacy jobs on {old}"
                yield _cut(what, overload, before_share, after_share, CONTENTION_CUT)


def _critical(measures: Measures) -> LaneMeasures:
    return measures.lanes[Lane.CRITICAL]


def _waiting(measures: Measures) -> float:
    return measures.lanes[ALL_LANES].waits.share_waiting


def _cut(claim: str, overload: float | None, before: float, after: float, promised: float) -> Claim:
    cut = 1 - after / before if before > 0 else 0.0
    return Claim(
        claim=claim,
        overload=overload,
        promised=f"-{promised:.0%}",
        before=before,
        after=after,
        model=cut,
        kept=cut >= promised,
    )


def _ceiling(claim: str, overload: float, longest: float, ceiling: float) -> Claim:
    return Claim(
        claim=claim,
        overload=overload,
        promised=f"<= {ceiling:.0f} s",
        before=None,
        after=longest,
        model=longest,
        kept=longest <= ceiling,
    )
