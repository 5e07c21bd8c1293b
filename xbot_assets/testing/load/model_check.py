"""A tape of runs played on a real stack, and by the model of the replay."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import Fate
from xbot_assets.replay.model.jobs import Job
from xbot_assets.replay.model.parameters import HOUR, Parameters
from xbot_assets.replay.model.policies import Policy, play
from xbot_assets.replay.model.tape import Arrival, Tape
from xbot_assets.testing.load.stack import POLL_SECONDS, LoadStack, Row
from xbot_assets.testing.load.work import Launcher

JOB_OF = {Lane.CRITICAL: "load_critical_job", Lane.HIGH: "load_high_job", Lane.LOW: "load_low_job"}
SHARE = {Lane.CRITICAL: 0.3, Lane.HIGH: 0.35, Lane.LOW: 0.35}
WAY = "model"
CRITICAL_RUNS = 10
"""Critical runs that Dagster starts at once, beside one high and one low (``dagster.yaml``)."""
LOOK_SECONDS = 1.0
"""Between two looks of Dagster's daemon at its queue (``dagster.yaml``)."""
FINISH_SECONDS = 240.0
ABSOLUTE_SECONDS = 2.0
RELATIVE = 0.25
"""The stated error: a lane's mean wait is within the greater of these of the real one."""
ACTIVE = "select run_id from runs where status in ('QUEUED', 'NOT_STARTED', 'STARTING', 'STARTED', 'CANCELING')"
RUNS = """
select r.pipeline_name as job, r.create_timestamp at time zone 'UTC' as created,
    (select min(e.timestamp) at time zone 'UTC' from event_logs e
     where e.run_id = r.run_id and e.dagster_event_type = 'PIPELINE_STARTING') as launched,
    to_timestamp(r.end_time) as ended
from runs r where r.create_timestamp at time zone 'UTC' >= %(since)s order by r.create_timestamp
"""


@dataclass(frozen=True, slots=True)
class RealRun:
    """One run on the stack, in seconds since the first launch."""

    lane: Lane
    created: float
    launched: float
    ended: float


def tape(runs: int, seconds: float, seed: int) -> list[tuple[float, Lane]]:
    """Draw when runs are launched, evenly at random, and in which lanes."""
    drawn = random.Random(seed)  # noqa: S311 - the same tape each time
    lanes = drawn.choices(list(SHARE), weights=list(SHARE.values()), k=runs)
    return sorted((drawn.uniform(0.0, seconds), lane) for lane in lanes)


def play_real(stack: LoadStack, plan: Sequence[tuple[float, Lane]]) -> list[RealRun]:
    """Launch the tape on the stack, wait until all is done, and return what became of each run."""
    _wait_until(lambda: not stack.ask_database(ACTIVE), "Runs of before did not end in time.")
    launcher, since, started = Launcher(stack), system_now(), time.monotonic()
    for at, lane in plan:
        time.sleep(max(0.0, started + at - time.monotonic()))
        launcher.launch(JOB_OF[lane], WAY)
    lane_of = {job: lane for lane, job in JOB_OF.items()}
    return [
        RealRun(
            lane_of[row["job"]], *((row[name] - since).total_seconds() for name in ("created", "launched", "ended"))
        )
        for row in _ended_runs(stack, since)
        if row["job"] in lane_of
    ]


def _ended_runs(stack: LoadStack, since: datetime) -> list[Row]:
    _wait_until(lambda: not stack.ask_database(ACTIVE), "The tape's runs did not end in time.")
    return stack.ask_database(RUNS, since=since)


def _wait_until(met: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + FINISH_SECONDS
    while not met():
        if time.monotonic() > deadline:
            raise RuntimeError(otherwise)
        time.sleep(POLL_SECONDS * 5)


def play_model(runs: Sequence[RealRun]) -> tuple[Fate, ...]:
    """Play the same arrivals and service times with the model's rule of lanes; fates in the runs' order."""
    lanes = list(Lane)
    jobs = tuple(Job(str(lane), lane, HOUR, 0.0, 1.0, guarded=False) for lane in lanes)
    arrivals = tuple(
        Arrival(run.created, lanes.index(run.lane), (run.ended - run.launched + LOOK_SECONDS / 2,)) for run in runs
    )
    horizon = max(run.ended for run in runs) * 2
    parameters = Parameters(slots=CRITICAL_RUNS + 2)
    return play(Policy.LANES, Tape(jobs, arrivals, horizon), parameters).fates


def compared(runs: Sequence[RealRun]) -> dict[str, Any]:
    """Return real and modelled mean waits by lane, with the error that is allowed and whether it was kept."""
    fates = play_model(runs)
    by_lane: dict[str, Any] = {}
    for lane in Lane:
        pairs = [
            (run.launched - run.created, fate.wait + LOOK_SECONDS / 2)
            for run, fate in zip(runs, fates, strict=True)
            if run.lane is lane
        ]
        if pairs:
            real, model = (statistics.fmean(column) for column in zip(*pairs, strict=True))
            allowed = max(ABSOLUTE_SECONDS, RELATIVE * real)
            by_lane[lane] = {
                "runs": len(pairs),
                "real_mean_wait": round(real, 2),
                "model_mean_wait": round(model, 2),
                "allowed_error": round(allowed, 2),
                "largest_error_of_one": round(max(abs(one - other) for one, other in pairs), 2),
                "kept": abs(real - model) <= allowed,
            }
    return by_lane
