"""Each automation as it is now: its present interval, its job's last run, and when it is due next."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from xbot_assets.build import build_defs
from xbot_assets.jobs.described import Automation, automations
from xbot_assets.jobs.legacy import LegacyRow
from xbot_assets.steps.operations.rhythms import Rhythm

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a job, in real time; ``ended_at`` is ``None`` while it goes on."""

    run_id: str
    status: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class AutomationNow:
    """An automation with what is known of it now.

    Attributes:
        automation: as it is defined.
        every: the interval that holds now.
        next_at: when it is due.
        rule: what decides, in words.
        last: its job's newest run.
        real: whether the interval and the next time are of real time.
    """

    automation: Automation
    every: timedelta | None
    next_at: datetime | None
    rule: str
    last: LastRun | None
    real: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return asdict(self.automation) | {
            "every_seconds": self.every.total_seconds() if self.every else None,
            "next_at": self.next_at,
            "clock": "real" if self.real else "product",
            "rule": self.rule,
            "last_run": asdict(self.last) if self.last else None,
        }


def automations_now(known: Mapping[str, Rhythm], dagster_home: Path | None, real_now: datetime) -> list[AutomationNow]:
    """Return every automation as it is now.

    Args:
        known: the rhythms of those that ask whether work is due; empty when there is no database to ask.
        dagster_home: Dagster's directory; ``None`` when no run is known.
        real_now: real time.
    """
    catalogue = automations(build_defs())
    with ExitStack() as stack:
        instance = None
        if dagster_home is not None:
            instance = stack.enter_context(dg.DagsterInstance.from_config(str(dagster_home)))
        return [automation_now(one, known.get(one.name), instance, real_now) for one in catalogue]


def automation_now(
    automation: Automation, rhythm: Rhythm | None, instance: dg.DagsterInstance | None, real_now: datetime
) -> AutomationNow:
    """Return one automation as it is now; without an instance no run is known."""
    last = last_run(instance, automation.job) if instance is not None and automation.job else None
    if rhythm is not None:
        return AutomationNow(automation, rhythm.every, rhythm.next_at, rhythm.rule, last, rhythm.real)
    if automation.minutes:
        hourly = timedelta(seconds=SECONDS_PER_HOUR / len(automation.minutes))
        tick = next_tick(automation.minutes, real_now)
        return AutomationNow(automation, hourly, tick, "a fixed timetable", last, real=True)
    looks = automation.job is None
    every = timedelta(seconds=automation.asks_seconds or 0) if looks else None
    return AutomationNow(automation, every, None, "it only looks" if looks else "", last, real=looks)


def next_tick(minutes: tuple[int, ...], now: datetime) -> datetime:
    """Return the next time after ``now`` that is at one of these minutes of an hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    ticks = (hour + timedelta(hours=later, minutes=minute) for later in (0, 1) for minute in minutes)
    return next(tick for tick in ticks if tick > now)


def last_run(instance: dg.DagsterInstance, job: str) -> LastRun | None:
    """Return the newest run of a job, whoever started it."""
    records = instance.get_run_records(dg.RunsFilter(job_name=job), limit=1)
    if not records:
        return None
    record = records[0]
    ended = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else None
    run = record.dagster_run
    return LastRun(run.run_id, run.status.value.lower(), record.create_timestamp.astimezone(UTC), ended)


def legacy_document(row: LegacyRow) -> dict[str, Any]:
    """Return a legacy job as one JSON object."""
    successor = row.successor
    return {"name": row.name, "standing": successor.standing, "by": list(successor.by), "how": successor.how}
