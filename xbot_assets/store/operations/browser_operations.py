"""The record of browser operations: who asked, who waited, who had a slot. Real time throughout."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from xbot_assets.domain.failures import FailureKind
from xbot_assets.store.engine.database import Row, Statements
from xbot_assets.store.engine.rows import as_rows

DONE = "ok"


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


def recent_operations(db: Statements, since: datetime) -> list[Row]:
    """Return the operations queued since then, newest first."""
    return db.fetch_all("recent_operations", since=since)


def insert_queue_samples(db: Statements, samples: Sequence[Row], now: datetime) -> None:
    """Store who waits now: ``lane, waiting, oldest_seconds`` of each lane."""
    db.execute("insert_queue_samples", rows=as_rows(samples), now=now)


def purge_queue_samples(db: Statements, before: datetime) -> int:
    """Forget samples older than a time; return how many."""
    return db.execute("purge_queue_samples", before=before)


def queue_samples(db: Statements, since: datetime) -> list[Row]:
    """Return ``sampled_at, lane, waiting, oldest_seconds`` since a time, oldest first."""
    return db.fetch_all("queue_samples", since=since)


def waits_by_lane(db: Statements, since: datetime) -> list[Row]:
    """Return each lane's waits since a time: operations, median, 95th percentile, mean and longest seconds."""
    return db.fetch_all("waits_by_lane", since=since)
