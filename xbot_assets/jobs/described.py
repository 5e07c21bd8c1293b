"""Every schedule and sensor as the definitions have it: what it starts, in which lane, how often it asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE
from xbot_assets.defs.lanes import LANE_TAG, NO_LANE, PRIORITY
from xbot_assets.domain.lanes import Lane
from xbot_assets.jobs.legacy import legacy_rows
from xbot_assets.replay.catalogue import load_catalogue

Kind = Literal["schedule", "sensor"]
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Automation:
    """One schedule or sensor.

    Attributes:
        name: Dagster's.
        kind: which of the two.
        job: what it starts; ``None`` for a sensor that only looks.
        assets: what that job makes.
        lane: the most urgent lane of the job's steps; ``none`` without a browser.
        asks_seconds: how often it asks whether work is due, in real seconds; ``None`` for a fixed timetable.
        minutes: a fixed timetable: the minutes of each hour of real time at which it runs.
        description: what it says of itself.
        replaces: legacy jobs whose work it does.
    """

    name: str
    kind: Kind
    job: str | None
    assets: tuple[str, ...]
    lane: str
    asks_seconds: int | None
    minutes: tuple[int, ...]
    description: str
    replaces: tuple[str, ...]


def automations(definitions: dg.Definitions) -> list[Automation]:
    """Return every schedule, then every sensor, each by name."""
    repository = definitions.get_repository_def()
    replaced = _replaced()
    schedules = sorted(repository.schedule_defs, key=lambda schedule: schedule.name)
    sensors = sorted(repository.sensor_defs, key=lambda sensor: sensor.name)
    return [
        *(_schedule(definitions, schedule, replaced) for schedule in schedules),
        *(_sensor(definitions, sensor, replaced) for sensor in sensors),
    ]


def jobs_by_hand(definitions: dg.Definitions) -> list[str]:
    """Return the jobs that no schedule or sensor starts."""
    started = {automation.job for automation in automations(definitions)}
    names = {job.name for job in definitions.get_repository_def().get_all_jobs() if not job.name.startswith("__")}
    return sorted(names - started)


def _replaced() -> dict[str, list[str]]:
    """Return the legacy jobs of each schedule and sensor."""
    by: dict[str, list[str]] = {}
    for row in legacy_rows(load_catalogue().replaced):
        for name in row.successor.by:
            by.setdefault(name, []).append(row.name)
    return by


def _schedule(
    definitions: dg.Definitions, schedule: dg.ScheduleDefinition, replaced: Mapping[str, list[str]]
) -> Automation:
    cron = str(schedule.cron_schedule)
    asks = cron == EVERY_MINUTE
    return Automation(
        name=schedule.name,
        kind="schedule",
        job=schedule.job_name,
        assets=_assets(definitions, schedule.job_name),
        lane=_lane(definitions, schedule.job_name),
        asks_seconds=SECONDS_PER_MINUTE if asks else None,
        minutes=() if asks else minutes_of(cron),
        description=_about(schedule),
        replaces=tuple(replaced.get(schedule.name, ())),
    )


def _sensor(definitions: dg.Definitions, sensor: dg.SensorDefinition, replaced: Mapping[str, list[str]]) -> Automation:
    job = sensor.job_name if sensor.targets and isinstance(sensor.job_name, str) else None
    return Automation(
        name=sensor.name,
        kind="sensor",
        job=job,
        assets=_assets(definitions, job),
        lane=_lane(definitions, job),
        asks_seconds=sensor.minimum_interval_seconds,
        minutes=(),
        description=_about(sensor),
        replaces=tuple(replaced.get(sensor.name, ())),
    )


def minutes_of(cron: str) -> tuple[int, ...]:
    """Return the minutes of each hour at which a timetable of ours runs.

    Raises:
        ValueError: it is of another kind than "these minutes of every hour", which is all that this catalogue reads.
    """
    minutes, *others = cron.split()
    if others != ["*"] * 4:
        raise ValueError(f"{cron!r} is no timetable of minutes of every hour.")
    return tuple(sorted(int(minute) for minute in minutes.split(",")))


def _assets(definitions: dg.Definitions, job: str | None) -> tuple[str, ...]:
    if job is None:
        return ()
    keys = definitions.resolve_job_def(job).asset_layer.selected_asset_keys
    return tuple(sorted(key.to_user_string() for key in keys))


def _lane(definitions: dg.Definitions, job: str | None) -> str:
    if job is None:
        return NO_LANE
    steps: Iterable[dg.OpDefinition] = definitions.resolve_job_def(job).graph.iterate_op_defs()
    lanes = {Lane(step.tags[LANE_TAG]) for step in steps if LANE_TAG in step.tags}
    return str(max(lanes, key=PRIORITY.__getitem__)) if lanes else NO_LANE


def _about(definition: dg.ScheduleDefinition | dg.SensorDefinition) -> str:
    """Return the first paragraph of what a definition says of itself, on one line."""
    # Dagster copies the docstring of what it decorates, and does not take it for a description.
    text = definition.description or vars(definition).get("__doc__") or ""
    return " ".join(text.split("\n\n")[0].split())
