"""The model against closed formulas: Poisson arrivals, exponential service, three slots."""

import heapq
import math

import numpy as np
import pytest

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.measures import measure
from xbot_assets.replay.model.policies import Policy, play
from xbot_assets.replay.model.tape import Arrival, Tape
from xbot_assets_tests.replay.tapes import NUMBERS, job

pytestmark = pytest.mark.soak

RUNS = 200_000
SERVICE = 10.0
USE = 0.75
STATED_ERROR = 0.06
"""Of the mean wait. At a load of 0.75 the standard error of 200,000 correlated waits is some 2 %."""


def _erlang_c(servers: int, load: float) -> float:
    """Return the probability that an arrival waits; ``load`` is the offered load in servers."""
    below = sum(load**k / math.factorial(k) for k in range(servers))
    full = load**servers / math.factorial(servers) * servers / (servers - load)
    return full / (below + full)


def _poisson(use: float, shares: dict[Lane, float], *, runs: int = RUNS) -> Tape:
    rng = np.random.default_rng(7)
    rate = use * NUMBERS.slots / SERVICE
    times = np.cumsum(rng.exponential(1 / rate, runs))
    lanes = rng.choice(len(shares), runs, p=list(shares.values()))
    jobs = tuple(job(str(lane), lane) for lane in shares)
    seconds = rng.exponential(SERVICE, runs)
    arrivals = (Arrival(float(a), int(b), (float(c),)) for a, b, c in zip(times, lanes, seconds, strict=True))
    return Tape(jobs, tuple(arrivals), float(times[-1]))


def test_fifo_waits_as_erlangs_formula_says() -> None:
    """The mean wait and the share that waits are those of M/M/c."""
    waits = measure(play(Policy.FIFO, _poisson(USE, {Lane.LOW: 1.0}), NUMBERS)).lanes["all"].waits
    waiting = _erlang_c(NUMBERS.slots, USE * NUMBERS.slots)
    assert waits.share_waiting == pytest.approx(waiting, rel=STATED_ERROR)
    assert waits.mean == pytest.approx(waiting * SERVICE / (NUMBERS.slots * (1 - USE)), rel=STATED_ERROR)


def test_each_fifo_wait_is_the_one_of_the_classic_recursion() -> None:
    """Kiefer and Wolfowitz: a run starts when the first of the slots is free; exact, run by run."""
    drawn = _poisson(USE, {Lane.LOW: 1.0}, runs=2_000)
    free = [0.0] * NUMBERS.slots
    expected = []
    for arrival in drawn.arrivals:
        start = max(arrival.at, heapq.heappop(free))
        heapq.heappush(free, start + arrival.operations[0])
        expected.append(start - arrival.at)
    assert [fate.wait for fate in play(Policy.FIFO, drawn, NUMBERS).fates][:1_900] == pytest.approx(expected[:1_900])


def test_priority_waits_as_cobhams_formula_says() -> None:
    """The mean wait of each lane is that of M/M/c with non-preemptive priorities."""
    shares = {Lane.CRITICAL: 0.2, Lane.HIGH: 0.4, Lane.LOW: 0.4}
    lanes = measure(play(Policy.PRIORITY, _poisson(USE, shares), NUMBERS)).lanes
    residual = _erlang_c(NUMBERS.slots, USE * NUMBERS.slots) * SERVICE / NUMBERS.slots
    above = 0.0
    for lane, share in shares.items():
        expected = residual / ((1 - above) * (1 - above - USE * share))
        assert lanes[lane].waits.mean == pytest.approx(expected, rel=STATED_ERROR)
        above += USE * share
