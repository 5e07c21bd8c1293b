"""What Dagster starts by itself, and what ran last, asked of its web server. Its own UI shows the rest."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xbot_assets.service.health.asking_dagster import ask_dagster

RUNS_SHOWN = 10
TROUBLE_LENGTH = 300
"""Characters of Dagster's own message that are kept."""
SECONDS_PER_HOUR, MINUTES_PER_HOUR = 3600, 60
STATE = """
fragment State on InstigationState {
  status ticks(limit: 1) { timestamp status error { message } } nextTick { timestamp }
}
"""
LOOKING = """
  repositoriesOrError {
    ... on RepositoryConnection {
      nodes {
        schedules { name pipelineName cronSchedule scheduleState { ...State } }
        sensors { name minIntervalSeconds targets { pipelineName } sensorState { ...State } }
      }
    }
  }
"""
"""Of a question that has ``STATE`` beside it; ``read_looking`` reads the answer."""
QUERY = f"""{STATE}
query Automations($runs: Int!) {{
  {LOOKING}
  runsOrError(limit: $runs) {{ ... on Runs {{ results {{ runId jobName status startTime endTime }} }} }}
}}
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
        every_seconds: the time between two ticks; ``None`` for a timetable of another kind than minutes of every hour.
        trouble: what went wrong at its last tick.
    """

    name: str
    every: str
    runs: bool
    job: str | None
    looked_at: datetime | None
    looked: str | None
    next_at: datetime | None
    every_seconds: int | None = None
    trouble: str | None = None


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
    return ask_dagster(web_url, token, seconds, QUERY, read, {"runs": RUNS_SHOWN})


def read(data: dict[str, Any]) -> Automations:
    """Return what an answer says. Raises ``KeyError`` and its like for another answer."""
    return Automations(read_looking(data), [_run(one) for one in data["runsOrError"]["results"]])


def read_looking(data: dict[str, Any]) -> list[Automation]:
    """Return the schedules and sensors of an answer, by name. Raises as :func:`read`."""
    nodes = data["repositoriesOrError"]["nodes"]
    automations = [_schedule(one) for node in nodes for one in node["schedules"]]
    automations += [_sensor(one) for node in nodes for one in node["sensors"]]
    return sorted(automations, key=lambda one: one.name)


def _schedule(one: dict[str, Any]) -> Automation:
    cron = str(one["cronSchedule"])
    return _automation(one["name"], cron, one["pipelineName"], one["scheduleState"], _seconds_of(cron))


def _sensor(one: dict[str, Any]) -> Automation:
    targets = [target["pipelineName"] for target in one["targets"] or []]
    job = targets[0] if len(targets) == 1 else None
    seconds = int(one["minIntervalSeconds"])
    return _automation(one["name"], f"{seconds} s", job, one["sensorState"], seconds)


def _seconds_of(cron: str) -> int | None:
    minutes, *others = cron.split()
    if others != ["*"] * 4:
        return None
    return SECONDS_PER_HOUR // (MINUTES_PER_HOUR if minutes == "*" else len(minutes.split(",")))


def _automation(name: str, every: str, job: str | None, state: dict[str, Any], seconds: int | None) -> Automation:
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
        every_seconds=seconds,
        trouble=_first_words((tick or {}).get("error")),
    )


def _first_words(error: dict[str, Any] | None) -> str | None:
    """Return what an error says, on one line."""
    return " ".join(str(error["message"]).split())[:TROUBLE_LENGTH] if error else None


def _run(one: dict[str, Any]) -> Run:
    times = _time(one["startTime"]), _time(one["endTime"])
    return Run(str(one["runId"]), str(one["jobName"]), str(one["status"]).lower(), *times)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(float(seconds), tz=UTC)
