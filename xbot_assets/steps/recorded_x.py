"""Browser operations with a record of each: who asked, when it was queued, started and ended, and how it ended.

Times here are real time, not the product's clock.
"""

import logging
import uuid
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from xbot_assets.browser.client import BrowserClient, result_of
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations import browser_operations as operation_store
from xbot_assets.x.operations import (
    RESULT_OF,
    Operation,
    OperationAnswer,
    OperationCall,
    OperationFailure,
)

_log = logging.getLogger(__name__)

ResultT = TypeVar("ResultT", bound=BaseModel)


class RecordedBrowser:
    """A browser client whose every call leaves a row in ``browser_operations``."""

    def __init__(
        self, client: BrowserClient, database: Database, *, run_id: str | None, asked_at: datetime | None = None
    ) -> None:
        self._client = client
        self._database = database
        self._run_id = run_id
        self._asked_at = asked_at

    def run(self, operation: Operation, answer: type[ResultT], *, lane: Lane, deadline_seconds: float) -> ResultT:
        """Run one operation and return its typed result.

        Raises:
            ProductError: as the host answered, or as the connection to it failed.
        """
        if RESULT_OF[operation.kind] is not answer:
            msg = f"{operation.kind} is answered with {RESULT_OF[operation.kind].__name__}."
            raise TypeError(msg)
        reply = self._call(OperationCall(operation=operation, lane=lane, deadline_seconds=deadline_seconds))
        return result_of(reply, answer)

    def _call(self, call: OperationCall) -> OperationAnswer:
        record = uuid.uuid4()
        operation_store.begin_operation(
            self._database,
            record,
            call.operation.kind,
            call.lane,
            self._run_id,
            system_now(),
            queued_at=self._asked_at,
        )
        # Only the first operation has waited since the run was asked for.
        self._asked_at = None
        try:
            reply = self._client.call(call)
        except ProductError as error:
            self._end(record, None, error)
            raise
        self._end(record, reply, reply.failure)
        return reply

    def _end(
        self,
        record: uuid.UUID,
        reply: OperationAnswer | None,
        failure: ProductError | OperationFailure | None,
    ) -> None:
        """Store how it ended. What the host answered stands even when that fails: a click cannot be taken back."""
        try:
            operation_store.end_operation(
                self._database,
                record,
                started_at=reply.started_at if reply else None,
                ended_at=reply.ended_at if reply else system_now(),
                slot=reply.slot if reply else None,
                failure=failure,
            )
        except ProductError as unstored:
            _log.warning("The end of operation %s was not recorded: %s", record, unstored.reason)
