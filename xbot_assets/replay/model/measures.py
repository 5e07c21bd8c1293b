"""What a play is judged by: waits, throughput, use of the slots, starvation."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import ADMITTED, OUTSIDE_SLOTS, Fate, Outcome, Played, Span
from xbot_assets.replay.model.parameters import HOUR

NOTICEABLE_SECONDS = 0.001
"""A shorter wait is none: it is rounding."""
ALL_LANES = "all"


class Waits(BaseModel):
    """Seconds in queues of the runs that asked for a slot; zeros when there were none.

    ``share_waiting`` is the share of them that waited at all.
    """

    model_config = ConfigDict(frozen=True)

    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    max: float = 0.0
    mean: float = 0.0
    total: float = 0.0
    share_waiting: float = 0.0


class LaneMeasures(BaseModel):
    """One lane, or all of them.

    Attributes:
        arrived: runs on the tape.
        outcomes: how many ended how; the counts add up to ``arrived``.
        waits: of the runs that asked for a slot.
        served_per_hour: runs that got all of their browser time.
        served_seconds_per_hour: browser seconds of those runs.
        asked_seconds_per_hour: browser seconds of all that arrived.
    """

    model_config = ConfigDict(frozen=True)

    arrived: int
    outcomes: dict[str, int]
    waits: Waits
    served_per_hour: float
    served_seconds_per_hour: float
    asked_seconds_per_hour: float


class Measures(BaseModel):
    """One play.

    Attributes:
        lanes: by lane, and ``"all"``.
        utilisation: share of slot time in which an operation ran, whether or not its work was kept.
        wasted_seconds: slot seconds of operations that were cut short and done again.
        outside_seconds: browser seconds spent outside the slots (old pool only).
        longest_low_wait: the longest single stay of low work in a queue, in seconds; starvation. Counts runs that
            still waited at the end.
    """

    model_config = ConfigDict(frozen=True)

    lanes: dict[str, LaneMeasures]
    utilisation: float
    wasted_seconds: float
    outside_seconds: float
    longest_low_wait: float


class _Member(NamedTuple):
    """One arrival: the browser seconds it asked for and what became of it."""

    seconds: float
    fate: Fate


def measure(played: Played) -> Measures:
    """Judge one play."""
    members = _by_lane(played)
    everyone = [member for lane_members in members.values() for member in lane_members]
    inside = [span for span in played.spans if span.slot != OUTSIDE_SLOTS]
    horizon = played.tape.horizon
    hours = horizon / HOUR
    return Measures(
        lanes={str(lane): _lane(lane_members, hours) for lane, lane_members in members.items()}
        | {ALL_LANES: _lane(everyone, hours)},
        utilisation=_length(inside) / (played.slots * horizon),
        wasted_seconds=_length([span for span in inside if not span.completed and span.end < horizon]),
        outside_seconds=_length([span for span in played.spans if span.slot == OUTSIDE_SLOTS]),
        longest_low_wait=max((member.fate.longest for member in members[Lane.LOW]), default=0.0),
    )


def waits_by_lane(played: Played) -> dict[Lane, list[float]]:
    """Return the waits, in seconds, of the runs that asked for a slot."""
    return {lane: _waits(members) for lane, members in _by_lane(played).items()}


def _by_lane(played: Played) -> dict[Lane, list[_Member]]:
    by_lane: dict[Lane, list[_Member]] = {lane: [] for lane in Lane}
    for arrival, fate in zip(played.tape.arrivals, played.fates, strict=True):
        by_lane[played.tape.jobs[arrival.job].lane].append(_Member(sum(arrival.operations), fate))
    return by_lane


def _waits(members: Sequence[_Member]) -> list[float]:
    return [member.fate.wait for member in members if member.fate.outcome in ADMITTED]


def _lane(members: Sequence[_Member], hours: float) -> LaneMeasures:
    counts = Counter(member.fate.outcome for member in members)
    served = [member.seconds for member in members if member.fate.outcome is Outcome.SERVED]
    return LaneMeasures(
        arrived=len(members),
        outcomes={outcome.name.lower(): counts[outcome] for outcome in Outcome},
        waits=summarise(_waits(members)),
        served_per_hour=len(served) / hours,
        served_seconds_per_hour=sum(served) / hours,
        asked_seconds_per_hour=sum(member.seconds for member in members) / hours,
    )


def summarise(waits: Sequence[float]) -> Waits:
    """Summarise waits given in seconds."""
    if not waits:
        return Waits()
    p50, p95, p99 = np.percentile(waits, (50, 95, 99)).tolist()
    total = float(sum(waits))
    waiting = sum(wait > NOTICEABLE_SECONDS for wait in waits)
    return Waits(
        p50=p50, p95=p95, p99=p99, max=max(waits),
        mean=total / len(waits), total=total, share_waiting=waiting / len(waits),
    )  # fmt: skip


def _length(spans: Sequence[Span]) -> float:
    return sum(span.end - span.start for span in spans)
