"""Plays every policy on both tapes at every overload, and puts the promises beside the results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import BaseModel, ConfigDict

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.jobs_file import JobsFile
from xbot_assets.replay.model.catalogue import Catalogue, Demand, demand_of, unmapped
from xbot_assets.replay.model.comparison import Claim, contention_claims, waiting_claims
from xbot_assets.replay.model.jobs import Job
from xbot_assets.replay.model.measures import Measures, measure, waits_by_lane
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.policies import Policy, play
from xbot_assets.replay.model.tape import periodic_tape

LEGACY_TAPE = "legacy jobs"
OUR_TAPE = "our jobs"
OVERLOADS = (1.0, 1.3, 2.0, 4.0)
"""1 is what the files say; at k everything comes k times as often."""
NOTES = (
    "A model, not a measurement: browser seconds are estimates in both files.",
    "A wait is time in queues, over all operations of a run. Starts of Dagster runs are added where a claim says so.",
    "The old pool's waits end where it gave up or skipped a run; its retries are not played. That flatters it.",
    "Old jobs with a browser of their own never waited; under every other policy they share the slots.",
)


class PlayRow(BaseModel):
    """One policy on one tape at one overload."""

    model_config = ConfigDict(frozen=True)

    tape: str
    overload: float
    policy: Policy
    measures: Measures


class Consolidation(BaseModel):
    """What both sets of jobs ask for in an hour; ``saved`` are shares of the legacy numbers.

    ``variants`` are our demand under other assumptions about one job.
    """

    model_config = ConfigDict(frozen=True)

    legacy: Demand
    ours: Demand
    variants: dict[str, Demand]
    legacy_runs_per_hour: float
    our_runs_per_hour: float
    legacy_rows: int
    our_jobs: int
    saved: dict[str, float]
    mapping_problems: dict[str, list[str]]


class Replay(BaseModel):
    """Everything that was found, as one document."""

    model_config = ConfigDict(frozen=True)

    parameters: Parameters
    taken: dict[str, str]
    left_out: dict[str, str]
    consolidation: Consolidation
    plays: tuple[PlayRow, ...]
    comparison: tuple[Claim, ...]
    notes: tuple[str, ...] = NOTES


Samples = Mapping[tuple[float, Policy], Mapping[Lane, Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Study:
    """The document, and the waits on the legacy tape that the plots show."""

    replay: Replay
    samples: Samples


def study(
    legacy: JobsFile,
    catalogue: Catalogue,
    parameters: Parameters,
    *,
    policies: Sequence[Policy] = tuple(Policy),
    overloads: Sequence[float] = OVERLOADS,
) -> Study:
    """Play everything."""
    legacy_jobs = occupied(legacy.jobs, catalogue)
    samples: dict[tuple[float, Policy], Mapping[Lane, Sequence[float]]] = {}
    rows = [
        *_plays(LEGACY_TAPE, legacy_jobs, parameters, policies, overloads, samples),
        *_plays(OUR_TAPE, catalogue.browser_jobs(), parameters, policies, overloads, None),
    ]
    consolidation = _consolidation(legacy, legacy_jobs, catalogue)
    replay = Replay(
        parameters=parameters,
        taken={job.name: f"{job.lane}, {job.legacy.way}" for job in legacy_jobs},
        left_out=legacy.left_out,
        consolidation=consolidation,
        plays=tuple(rows),
        comparison=tuple(_claims(rows, overloads, parameters, consolidation)),
    )
    return Study(replay, samples)


def occupied(jobs: Sequence[Job], catalogue: Catalogue) -> tuple[Job, ...]:
    """Return the legacy jobs with the share of their ticks that need the browser."""
    shares = {name: occupancy.share for name, occupancy in catalogue.occupancy.items()}
    return tuple(replace(job, share=shares.get(job.name, job.share)) for job in jobs)


def _plays(
    name: str,
    jobs: Sequence[Job],
    parameters: Parameters,
    policies: Sequence[Policy],
    overloads: Sequence[float],
    samples: dict[tuple[float, Policy], Mapping[Lane, Sequence[float]]] | None,
) -> Iterator[PlayRow]:
    for overload in overloads:
        rng = np.random.default_rng(parameters.seed)
        tape = periodic_tape(jobs, parameters, overload=overload, rng=rng)
        for policy in policies:
            played = play(policy, tape, parameters)
            if samples is not None:
                samples[overload, policy] = waits_by_lane(played)
            yield PlayRow(tape=name, overload=overload, policy=policy, measures=measure(played))


def _consolidation(legacy: JobsFile, jobs: Sequence[Job], catalogue: Catalogue) -> Consolidation:
    before, after = demand_of(jobs), demand_of(catalogue.browser_jobs())
    runs_before, runs_after = legacy.scheduled_runs_per_hour, catalogue.runs_per_hour
    return Consolidation(
        legacy=before,
        ours=after,
        variants={name: demand_of(catalogue.browser_jobs(name)) for name in catalogue.variants},
        legacy_runs_per_hour=runs_before,
        our_runs_per_hour=runs_after,
        legacy_rows=len(legacy.names),
        our_jobs=len(catalogue.jobs),
        saved={
            "browser_seconds": _saved(before.browser_seconds_per_hour, after.browser_seconds_per_hour),
            "browser_runs": _saved(before.browser_runs_per_hour, after.browser_runs_per_hour),
            "runs": _saved(runs_before, runs_after),
        },
        mapping_problems={key: names for key, names in unmapped(catalogue, legacy.names).items() if names},
    )


def _saved(before: float, after: float) -> float:
    return 1 - after / before if before > 0 else 0.0


def _claims(
    rows: Sequence[PlayRow], overloads: Sequence[float], parameters: Parameters, consolidation: Consolidation
) -> Iterator[Claim]:
    demands = (consolidation.legacy, consolidation.ours)
    for overload in overloads:
        old, ours = (
            {row.policy: row.measures for row in rows if row.tape == tape and row.overload == overload}
            for tape in (LEGACY_TAPE, OUR_TAPE)
        )
        yield from waiting_claims(overload, old, parameters)
        yield from contention_claims(overload, old, ours, demands)
