"""The tape: which run arrives when and how long it needs the browser. Every policy plays the same one."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from xbot_assets.replay.model.jobs import Job
from xbot_assets.replay.model.parameters import Parameters


class Arrival(NamedTuple):
    """One run: when it becomes due, whose it is, and the lengths of its browser operations, in seconds."""

    at: float
    job: int
    operations: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Tape:
    """Arrivals in order of time. ``Arrival.job`` is an index into ``jobs``; ``horizon`` is in seconds."""

    jobs: tuple[Job, ...]
    arrivals: tuple[Arrival, ...]
    horizon: float

    @property
    def seconds(self) -> float:
        """Browser seconds that the arrivals ask for."""
        return sum(sum(arrival.operations) for arrival in self.arrivals)


def periodic_tape(jobs: Sequence[Job], parameters: Parameters, *, overload: float, rng: np.random.Generator) -> Tape:
    """Draw the tape of recurring jobs: at an overload of k, everything comes k times as often.

    The first tick comes after the job's offset. The timer of the later ones is created when the first run has ended,
    as in the old scheduler, so they come a first run and an interval later, then every interval. The first run's
    length is the drawn one, without waiting, so that the tape does not depend on the policy. How the jobs' phases
    fall decides who meets whom until the next restart, so restarts matter: one start would be one throw of the dice
    for the whole tape. Work in flight outlives a restart here. Each job has a random stream of its own: adding a job
    changes no other.
    """
    streams = rng.spawn(len(jobs))
    arrivals = [
        Arrival(at, index, operations_of(seconds, parameters.operation_seconds))
        for index, (job, stream) in enumerate(zip(jobs, streams, strict=True))
        for at, seconds in _ticks(job, parameters, overload, stream)
    ]
    return Tape(tuple(jobs), tuple(sorted(arrivals)), parameters.horizon)


def operations_of(seconds: float, longest: float) -> tuple[float, ...]:
    """Cut a run into the fewest operations of equal length that are not longer than ``longest``."""
    parts = max(1, math.ceil(seconds / longest))
    return (seconds / parts,) * parts


def _ticks(
    job: Job, parameters: Parameters, overload: float, rng: np.random.Generator
) -> Iterator[tuple[float, float]]:
    """Yield when a run that needs the browser is due, and for how many seconds."""
    for start in range(math.ceil(parameters.horizon / parameters.restart_seconds)):
        began = start * parameters.restart_seconds
        ended = min(began + parameters.restart_seconds, parameters.horizon)
        for at, seconds in _ticks_of_one_start(job, parameters, overload, rng):
            if began + at < ended:
                yield began + at, seconds


def _ticks_of_one_start(
    job: Job, parameters: Parameters, overload: float, rng: np.random.Generator
) -> Iterator[tuple[float, float]]:
    interval, offset = job.interval_seconds / overload, job.offset_seconds / overload
    count = math.ceil(parameters.restart_seconds / interval) + 1
    seconds = service_times(job.mean_seconds, parameters.variation, count, rng)
    needed = rng.random(count) < job.share
    first_run = seconds[0] if needed[0] else 0.0
    for tick in range(count):
        if needed[tick]:
            yield offset + (first_run + tick * interval if tick else 0.0), seconds[tick]


def service_times(mean: float, variation: float, count: int, rng: np.random.Generator) -> list[float]:
    """Draw lognormal service times with this mean and coefficient of variation; constant when that is 0."""
    variance = math.log1p(variation**2)
    drawn: list[float] = rng.lognormal(math.log(mean) - variance / 2, math.sqrt(variance), count).tolist()
    return drawn
