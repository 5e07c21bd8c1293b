"""What Dagster starts by itself, and what ran last, asked of its web server. Its own UI shows the rest."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.service.health.daemons import REMEDY

RUNS_SHOWN = 10
QUERY = """
fragment State on InstigationState {
  status ticks(limit: 1) { timestamp status } nextTick { timestamp }
}
query Automations($runs: Int!) {
  repositoriesOrError {
    ... on RepositoryConnection {
      nodes {
        schedules { name pipelineName cronSchedule scheduleState { ...State } }
        sensors { name minIntervalSeconds targets { pipelineName } sensorState { ...State } }
      }
    }
  }
  runsOrError(limit: $runs) { ... on Runs { results { runId jobName status startTime endTime } } }
}
"""


@dataclass(frozen=True, slots=True)
class Automation:
    """A schedule or a sensor; times are real.

    Attributes:
        name: as in Dagster.
        every: its cron words, or seconds between two looks.
        runs: whether it is switched on.
        job: what it starts; ``None`` for one that starts several, or none.
        looked_at: its last tick.
        looked: how that tick ended, in Dagster's word.
        next_at: its next tick.
    """

    name: str
    every: str
    runs: bool
    job: str | None
    looked_at: datetime | None
    looked: str | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; times are real, and absent for what did not happen yet."""

    id: str
    job: str
    status: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds() if self.started_at and self.ended_at else None


@dataclass(frozen=True, slots=True)
class Automations:
    """What starts by itself, by name, and what ran last, newest first."""

    automations: list[Automation]
    runs: list[Run]


def automations(web_url: str, token: str | None, seconds: float) -> Automations:
    """Ask Dagster's web server within so many seconds; ``token`` is the one that the pages ask for.

    Raises:
        TransientFailure: ``unreachable``.
        PermanentFailure: ``bad_answer``.
    """
    try:
        tls = web_url.startswith("https:")
        login = {"Authorization": f"Bearer {token}"} if token else {}
        with httpx.Client(headers=login, timeout=seconds, trust_env=False, verify=tls) as client:
            answer = client.post(f"{web_url}/graphql", json={"query": QUERY, "variables": {"runs": RUNS_SHOWN}})
        return read(answer.raise_for_status().json()["data"])
    except httpx.HTTPError as error:
        reason = f"The Dagster UI does not answer ({type(error).__name__})."
        raise TransientFailure(reason, code=FailureCode.UNREACHABLE, remedy=REMEDY) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise PermanentFailure(
            "The Dagster UI answers nonsense.", code=FailureCode.BAD_ANSWER, remedy=REMEDY
        ) from error


def read(data: dict[str, Any]) -> Automations:
    """Return what an answer says. Raises ``KeyError`` and its like for another answer."""
    nodes = data["repositoriesOrError"]["nodes"]
    automations = [_schedule(one) for node in nodes for one in node["schedules"]]
    automations += [_sensor(one) for node in nodes for one in node["sensors"]]
    return Automations(
        sorted(automations, key=lambda one: one.name), [_run(one) for one in data["runsOrError"]["results"]]
    )


def _schedule(one: dict[str, Any]) -> Automation:
    return _automation(one["name"], str(one["cronSchedule"]), one["pipelineName"], one["scheduleState"])


def _sensor(one: dict[str, Any]) -> Automation:
    targets = [target["pipelineName"] for target in one["targets"] or []]
    job = targets[0] if len(targets) == 1 else None
    return _automation(one["name"], f"{one['minIntervalSeconds']} s", job, one["sensorState"])


def _automation(name: str, every: str, job: str | None, state: dict[str, Any]) -> Automation:
    tick = (state["ticks"] or [None])[0]
    upcoming = state["nextTick"]
    return Automation(
        name=name,
        every=every,
        runs=state["status"] == "RUNNING",
        job=job,
        looked_at=_time(tick["timestamp"]) if tick else None,
        looked=str(tick["status"]).lower() if tick else None,
        next_at=_time(upcoming["timestamp"]) if upcoming else None,
    )


def _run(one: dict[str, Any]) -> Run:
    times = _time(one["startTime"]), _time(one["endTime"])
    return Run(str(one["runId"]), str(one["jobName"]), str(one["status"]).lower(), *times)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(float(seconds), tz=UTC)
