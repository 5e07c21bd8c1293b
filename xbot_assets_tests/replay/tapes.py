"""Hand-made and random tapes, and the checks that hold for every play."""

import os
from pathlib import Path

import pytest
from hypothesis import strategies as st

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import OUTSIDE_SLOTS, Fate, Outcome, Played, Span
from xbot_assets.replay.model.jobs import Job, LegacyTraits, Way
from xbot_assets.replay.model.parameters import HOUR, Parameters
from xbot_assets.replay.model.tape import Arrival, Tape

CHECKOUT = Path(__file__).resolve().parents[2]
VARIABLE = "TEST_LEGACY_JOBS"


LEGACY_JOBS = CHECKOUT / "benchmarks" / "legacy_jobs.csv"
"""The old system's jobs: numbers and names, without the evidence behind them."""


def evidence_file() -> Path:
    """Return the list with the evidence, from the environment or beside the checkout; skip when it is absent."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else CHECKOUT.parent / "shared" / "legacy_jobs.csv"
    if not path.is_file():
        pytest.skip(f"no evidence of the legacy jobs at {path}: set {VARIABLE} to its file")
    return path


def job(name: str, lane: Lane = Lane.LOW, *, guarded: bool = False, traits: LegacyTraits | None = None) -> Job:
    """Return a job; on hand-made tapes only its lane, guard and traits matter."""
    return Job(name, lane, HOUR, 0.0, 1.0, guarded=guarded, legacy=traits or LegacyTraits())


def tape(*runs: tuple[Job, float, float | tuple[float, ...]], horizon: float = 10_000.0) -> Tape:
    """Return a tape of runs, each a job, when it arrives, and its operations' seconds."""
    jobs = tuple(dict.fromkeys(one for one, _, _ in runs))
    arrivals = (
        Arrival(at, jobs.index(one), seconds if isinstance(seconds, tuple) else (seconds,)) for one, at, seconds in runs
    )
    return Tape(jobs, tuple(sorted(arrivals)), horizon)


_SECONDS = st.floats(0.1, 60)


@st.composite
def tapes(draw: st.DrawFn) -> Tape:
    """Draw a tape of up to six jobs of any kind and up to sixty runs, short enough to overlap."""
    traits = st.builds(
        LegacyTraits,
        way=st.sampled_from(Way),
        priority=st.integers(1, 10),
        lock_level=st.integers(0, 6),
        gated=st.booleans(),
        keeps_context=st.booleans(),
    )
    kinds = draw(st.lists(st.tuples(st.sampled_from(Lane), st.booleans(), traits), min_size=1, max_size=6))
    jobs = tuple(job(f"job{i}", lane, guarded=guarded, traits=t) for i, (lane, guarded, t) in enumerate(kinds))
    operations = st.lists(_SECONDS, min_size=1, max_size=3).map(tuple)
    arrival = st.builds(Arrival, st.floats(0, 900), st.integers(0, len(jobs) - 1), operations)
    return Tape(jobs, tuple(sorted(draw(st.lists(arrival, max_size=60)))), draw(st.sampled_from((1000.0, 400.0))))


def sorted_within(drawn: Tape) -> Tape:
    """Return the tape without the arrivals after its horizon."""
    return Tape(drawn.jobs, tuple(a for a in drawn.arrivals if a.at < drawn.horizon), drawn.horizon)


def at_once(spans: list[Span]) -> int:
    """Return the most spans that are open at one instant; one that ends as another starts does not count twice."""
    edges = sorted([(s.start, 1) for s in spans if s.end > s.start] + [(s.end, -1) for s in spans if s.end > s.start])
    open_now = most = 0
    for _, change in edges:
        open_now += change
        most = max(most, open_now)
    return most


def in_slots(played: Played, *lanes: Lane) -> list[Span]:
    """Return the spans inside the slots, of these lanes or of all."""
    return [s for s in played.spans if s.slot != OUTSIDE_SLOTS and (not lanes or s.lane in lanes)]


def starts(played: Played) -> dict[int, list[float]]:
    """Return by arrival when its operations started."""
    by_arrival: dict[int, list[float]] = {}
    for span in sorted(played.spans, key=lambda one: one.start):
        by_arrival.setdefault(span.arrival, []).append(span.start)
    return by_arrival


def fates(played: Played) -> list[tuple[Outcome, float]]:
    """Return outcome and wait of each arrival."""
    return [(fate.outcome, fate.wait) for fate in played.fates]


def served(wait: float = 0.0) -> Fate:
    """Return the fate of a run that waited once."""
    return Fate(Outcome.SERVED, wait, wait)


NUMBERS = Parameters()
