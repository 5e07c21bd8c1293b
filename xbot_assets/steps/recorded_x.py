"""The way to X that the settings name, with a record of each operation.

A record says who asked, when it was queued, started and ended, and how it ended, in real time, not the product's.
"""

import logging
import uuid
from datetime import datetime

from xbot_assets.browser.client import BrowserClient
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.operations import browser_operations as operation_store
from xbot_assets.x.operations import AnswerT, Operation
from xbot_assets.x.port import Execution, XBackend

_log = logging.getLogger(__name__)


def open_backend(settings: Settings) -> XBackend:
    """Return the way to X that the settings name: the only place that knows which there are.

    Raises:
        PermanentFailure: ``no_browser_host``.
    """
    if settings.browser_url is None or settings.browser_token is None:
        raise PermanentFailure(
            "No browser host is known.",
            code=FailureCode.NO_BROWSER_HOST,
            remedy="Start the stack with scripts/run or 'xbot up', or set XBOT_BROWSER_URL and XBOT_BROWSER_TOKEN.",
        )
    return BrowserClient(settings.browser_url, settings.browser_token.get_secret_value())


class RecordedX:
    """The port that the steps call: every operation leaves a row in ``browser_operations``."""

    def __init__(
        self, backend: XBackend, database: Database, *, run_id: str | None, asked_at: datetime | None = None
    ) -> None:
        self._backend = backend
        self._database = database
        self._run_id = run_id
        self._asked_at = asked_at

    def run(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> AnswerT:
        """Carry out one operation and return its answer.

        Raises:
            ProductError: as :class:`xbot_assets.x.port.XPort` says.
        """
        record = uuid.uuid4()
        operation_store.begin_operation(
            self._database, record, operation.kind, lane, self._run_id, system_now(), queued_at=self._asked_at
        )
        # Only the first operation has waited since the run was asked for.
        self._asked_at = None
        try:
            execution = self._backend.execute(operation, lane=lane, deadline_seconds=deadline_seconds)
        except ProductError as error:
            self._end(record, None, error)
            raise
        self._end(record, execution, execution.failure)
        return execution.answer()

    def _end(self, record: uuid.UUID, execution: Execution[AnswerT] | None, failure: ProductError | None) -> None:
        """Store how it ended. What X answered stands even when that fails: a click cannot be taken back."""
        try:
            operation_store.end_operation(
                self._database,
                record,
                started_at=execution.started_at if execution else None,
                ended_at=execution.ended_at if execution else system_now(),
                slot=execution.slot if execution else None,
                failure=failure,
            )
        except ProductError as unstored:
            _log.warning("The end of operation %s was not recorded: %s", record, unstored.reason)
