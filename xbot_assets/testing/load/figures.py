"""From the recorded operations and Dagster's own run records to figures: who waited, for what, and how long."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from xbot_assets.testing.load.stack import LoadStack, Row
from xbot_assets.testing.load.work import WAY_TAG

LANES = ("critical", "high", "low")
STARTS = """
with tagged as (
    select run_id, max(value) filter (where key = %(way_tag)s) as way,
        bool_or(key in ('dagster/sensor_name', 'dagster/schedule_name')) as by_tick
    from run_tags group by run_id
), marks as (
    select run_id,
        min(timestamp) filter (where dagster_event_type = 'PIPELINE_STARTING') as launched,
        min(timestamp) filter (where dagster_event_type = 'RESOURCE_INIT_SUCCESS') as ready
    from event_logs group by run_id
), steps as (
    select run_id, step_key, min(timestamp) filter (where dagster_event_type = 'STEP_START') as began,
        max(timestamp) filter (where dagster_event_type in ('STEP_SUCCESS', 'STEP_FAILURE')) as ended
    from event_logs where step_key is not null group by run_id, step_key
)
select o.run_id, o.lane, o.kind, o.requested_at, o.started_at, o.ended_at, o.outcome, o.failure_code,
    r.create_timestamp at time zone 'UTC' as created, marks.launched at time zone 'UTC' as launched,
    marks.ready at time zone 'UTC' as ready,
    coalesce(tagged.way, case when tagged.by_tick then 'sensor' end, 'other') as way,
    step.began at time zone 'UTC' as step_began,
    (select max(ended) from steps s where s.run_id = o.run_id and ended <= o.requested_at at time zone 'UTC')
        at time zone 'UTC' as before_ended,
    exists (select from event_logs e where e.run_id = o.run_id and e.step_key = step.step_key
        and e.dagster_event_type = 'ENGINE_EVENT' and e.event like '%%blocked by limit for pool%%') as blocked
from browser_operations o
join runs r on r.run_id = o.run_id
join marks on marks.run_id = o.run_id
left join tagged on tagged.run_id = o.run_id
left join lateral (
    select step_key, began from steps s where s.run_id = o.run_id and began <= o.requested_at at time zone 'UTC'
    order by began desc limit 1
) step on true
where o.queued_at >= %(since)s
order by o.requested_at
"""
INTERVALS = """
select lane, started_at, ended_at from browser_operations
where started_at is not null and ended_at is not null and queued_at >= %(since)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One operation's way from its run's creation to the browser, in seconds.

    ``slot`` is all waiting for others: in the run queue, for the pool (when Dagster
    noted that the step was blocked by it), and at the host. ``process`` is everything that a run's process does before
    its first operation.
    """

    lane: str
    way: str
    kind: str
    queue: float
    pool: float
    host: float
    process: float

    @property
    def slot(self) -> float:
        """Seconds spent waiting for others."""
        return self.queue + self.pool + self.host

    @property
    def total(self) -> float:
        """Seconds from the run's creation to the operation's start in the host."""
        return self.slot + self.process


def waits(stack: LoadStack, since: datetime) -> list[Wait]:
    """Return the wait of the first operation of each lane in each run."""
    rows = [row for row in stack.ask_database(STARTS, since=since, way_tag=WAY_TAG) if row["started_at"]]
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        first.setdefault((row["run_id"], row["lane"]), row)
    return [_wait(row) for row in first.values() if None not in (row["launched"], row["ready"])]


def _wait(row: Row) -> Wait:
    # A step after another waits for the pool from the other's end on, not from the run's start.
    ready = max(row["ready"], row["before_ended"] or row["ready"])
    began = row["step_began"] or ready
    claiming = _seconds(ready, began)
    return Wait(
        lane=row["lane"],
        way=row["way"],
        kind=row["kind"],
        queue=_seconds(row["created"], row["launched"]),
        pool=claiming if row["blocked"] else 0.0,
        host=_seconds(row["requested_at"], row["started_at"]),
        process=_seconds(row["launched"], row["ready"])
        + _seconds(began, row["requested_at"])
        + (0.0 if row["blocked"] else claiming),
    )


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())


def spread(values: Sequence[float]) -> dict[str, float | int]:
    """Return count, p50, p95, p99 (nearest rank) and the greatest, in seconds."""
    ranked = sorted(values)
    percentiles: dict[str, float | int] = {"count": len(ranked)}
    for share in (50, 95, 99):
        percentiles[f"p{share}"] = round(ranked[math.ceil(share / 100 * len(ranked)) - 1], 3) if ranked else 0.0
    return percentiles | {"max": round(ranked[-1], 3) if ranked else 0.0}


def told(every_wait: Sequence[Wait]) -> dict[str, Any]:
    """Return the spreads of every part of the wait."""
    parts = ("slot", "process", "total", "queue", "pool", "host")
    return {part: spread([getattr(wait, part) for wait in every_wait]) for part in parts}


def by_lane_and_way(every_wait: Sequence[Wait]) -> dict[str, Any]:
    """Return the spreads by lane, and for critical by the way of its launch."""
    critical = [wait for wait in every_wait if wait.lane == "critical"]
    return {
        "lanes": {lane: told([wait for wait in every_wait if wait.lane == lane]) for lane in LANES},
        "critical_by_way": {
            way: told([wait for wait in critical if wait.way == way]) for way in sorted({wait.way for wait in critical})
        },
        "worst_critical": [asdict(wait) for wait in sorted(critical, key=lambda wait: wait.slot, reverse=True)[:5]],
    }


def most_at_once(stack: LoadStack, since: datetime) -> dict[str, int]:
    """Return the most operations that ever ran at one instant, in all and in each lane, from the recorded intervals.

    Times are the host's own, so an operation that ends when another starts does not overlap it.
    """
    rows = stack.ask_database(INTERVALS, since=since)
    return {"all": _peak(rows)} | {lane: _peak([row for row in rows if row["lane"] == lane]) for lane in LANES}


def _peak(rows: Iterable[Row]) -> int:
    # Ends sort before starts of the same instant.
    changes = sorted(change for row in rows for change in ((row["started_at"], 1), (row["ended_at"], -1)))
    running = peak = 0
    for _, change in changes:
        running += change
        peak = max(peak, running)
    return peak


def throughput(stack: LoadStack, since: datetime, minutes: float) -> dict[str, float]:
    """Return successful operations a minute, by lane."""
    rows = stack.ask_database(
        "select lane, count(*) as done from browser_operations where outcome = 'ok' and queued_at >= %(since)s"
        " group by lane",
        since=since,
    )
    return {row["lane"]: round(row["done"] / minutes, 2) for row in rows}


def outcomes(stack: LoadStack, since: datetime) -> dict[str, int]:
    """Return how many operations ended in which way."""
    rows = stack.ask_database(
        "select coalesce(failure_code, outcome, 'no end recorded') as how, count(*) as many"
        " from browser_operations where queued_at >= %(since)s group by 1",
        since=since,
    )
    return {row["how"]: row["many"] for row in rows}
