"""The record of browser operations: who asked, who waited, who had a slot. Real time throughout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from xbot_assets.domain.failures import FailureKind
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows

DONE = "ok"


@dataclass(frozen=True, slots=True)
class BrowserOperation:
    """One operation from being asked for to its end; times are ``None`` for what did not happen yet, or never did."""

    id: UUID
    kind: str
    lane: str
    run_id: str | None
    queued_at: datetime
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    slot: int | None
    outcome: str | None
    failure_code: str | None
    failure_reason: str | None


@dataclass(frozen=True, slots=True)
class QueueSample:
    """How many runs of a lane waited at a moment, and for how long the oldest did."""

    sampled_at: datetime
    lane: str
    waiting: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class LaneWaits:
    """How long a lane's operations waited from being asked for to being started, and how long they then took."""

    lane: str
    operations: int
    median_seconds: float
    p95_seconds: float
    longest_seconds: float
    mean_seconds: float
    busy_seconds: float


@dataclass(frozen=True, slots=True)
class LaneStep:
    """What a lane's operations of one step of time waited and took on average, in seconds."""

    at: datetime
    lane: str
    operations: int
    waited_seconds: float
    worked_seconds: float


class FailureFacts(Protocol):
    """What is kept of a failure: a ``ProductError`` has it, and so has a failure that crossed a process boundary."""

    @property
    def kind(self) -> FailureKind: ...  # noqa: D102 - see ProductError
    @property
    def code(self) -> str: ...  # noqa: D102 - see ProductError
    @property
    def reason(self) -> str: ...  # noqa: D102 - see ProductError


def begin_operation(  # noqa: PLR0913 - one argument a column
    db: Statements,
    operation_id: UUID,
    kind: str,
    lane: str,
    run_id: str | None,
    now: datetime,
    *,
    queued_at: datetime | None = None,
) -> None:
    """Note that an operation is about to be sent to the browser host.

    ``now`` is real time; ``queued_at`` is when the work was first asked for, when that was earlier.
    """
    db.execute("begin_operation", id=operation_id, kind=kind, lane=lane, run_id=run_id, now=now, queued_at=queued_at)


def end_operation(
    db: Statements,
    operation_id: UUID,
    *,
    ended_at: datetime,
    started_at: datetime | None = None,
    slot: int | None = None,
    failure: FailureFacts | None = None,
) -> bool:
    """Note how an operation ended; ``False`` when it was noted before.

    Args:
        db: the database.
        operation_id: as given to :func:`begin_operation`.
        ended_at: when the answer came, or when waiting for it ended.
        started_at: when the host started it; ``None`` when it never did.
        slot: the slot it had.
        failure: why it failed; ``None`` means that it worked.
    """
    changed = db.execute(
        "end_operation",
        id=operation_id,
        started_at=started_at,
        ended_at=ended_at,
        slot=slot,
        outcome=failure.kind.value if failure else DONE,
        code=failure.code if failure else None,
        reason=failure.reason if failure else None,
    )
    return changed > 0


def newest_operations(db: Statements, limit: int) -> list[BrowserOperation]:
    """Return the operations that were asked for last, newest first."""
    return db.fetch_rows(BrowserOperation, "newest_operations", limit=limit)


def operations_under_way(db: Statements, since: datetime, limit: int) -> list[BrowserOperation]:
    """Return what was sent since then and has not ended, oldest first. A process that died leaves its own for ever."""
    return db.fetch_rows(BrowserOperation, "operations_under_way", since=since, limit=limit)


def newest_queue_samples(db: Statements, since: datetime) -> dict[str, QueueSample]:
    """Return who waited in each lane at its newest sample, by lane; a lane without one since then is absent."""
    return {sample.lane: sample for sample in db.fetch_rows(QueueSample, "newest_queue_samples", since=since)}


def lane_course(db: Statements, since: datetime, step: timedelta) -> list[LaneStep]:
    """Return what the lanes' operations waited and took, by steps of time since then, oldest first."""
    return db.fetch_rows(LaneStep, "lane_course", since=since, step=step)


def insert_queue_samples(db: Statements, samples: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store who waits now: ``lane, waiting, oldest_seconds`` of each lane."""
    db.execute("insert_queue_samples", rows=as_rows(samples), now=now)


def queue_samples(db: Statements, since: datetime) -> list[QueueSample]:
    """Return the samples since a time, oldest first."""
    return db.fetch_rows(QueueSample, "queue_samples", since=since)


def waits_by_lane(db: Statements, since: datetime) -> list[LaneWaits]:
    """Return each lane's waits since a time."""
    return db.fetch_rows(LaneWaits, "waits_by_lane", since=since)
