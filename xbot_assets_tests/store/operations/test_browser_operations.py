"""Operations of the browser on a real PostgreSQL, from queue to end."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations import browser_operations

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_operation_is_kept_from_queue_to_end(database: Database) -> None:
    """With its slot and how it failed; an end is noted once."""
    good, bad = uuid4(), uuid4()
    for operation in (good, bad):
        browser_operations.begin_operation(database, operation, "publish", "critical", "run", NOON)
    started = NOON + timedelta(seconds=2)
    assert browser_operations.end_operation(database, good, started_at=started, ended_at=NOON + HOUR, slot=1)
    refusal = TransientFailure("No slot is free.", code=FailureCode.NO_SLOT)
    assert browser_operations.end_operation(database, bad, ended_at=NOON + HOUR, failure=refusal)
    assert not browser_operations.end_operation(database, bad, ended_at=NOON)
    rows = {row.id: row for row in browser_operations.newest_operations(database, 9)}
    assert (rows[good].outcome, rows[good].slot, rows[good].started_at) == ("ok", 1, started)
    assert (rows[bad].outcome, rows[bad].failure_code, rows[bad].slot) == ("transient", "no_slot", None)
