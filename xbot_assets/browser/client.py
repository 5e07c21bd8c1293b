"""The other side of the browser host, and the browser's way to X: sends one operation, returns its typed answer."""

from typing import Self

import httpx
from pydantic import ValidationError

from xbot_assets.browser.wire import OperationAnswer, OperationCall
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, UnknownOutcome, failure_of
from xbot_assets.domain.lanes import Lane
from xbot_assets.x.operations import AnswerT, Operation, Publish
from xbot_assets.x.port import Execution

CONNECT_SECONDS = 5.0
GRACE_SECONDS = 15.0
"""The host answers within the deadline and the time to close a page; a host silent for longer is stuck."""
_HOST_REMEDY = "See that the browser host runs: 'xbot status' shows it, 'xbot up' starts it."
_JSON = {"Content-Type": "application/json"}
_LOOK_FIRST = "Look for the post on the account's timeline; do not post it again."


class BrowserClient:
    """A client of one browser host. Safe to share between threads; close it, or use it in a ``with``."""

    def __init__(self, base_url: str, token: str) -> None:
        # A kept connection may be found dead only after a request was written to it; a new one cannot.
        limits = httpx.Limits(max_keepalive_connections=0)
        headers = {"Authorization": f"Bearer {token}"}
        tls = base_url.startswith("https:")  # without it, the authorities' certificates would be 7 MB for nothing
        self._http = httpx.Client(base_url=base_url, headers=headers, limits=limits, trust_env=False, verify=tls)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def run(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> AnswerT:
        """Carry out one operation and return its answer; the deadline counts from the host's receipt.

        Raises:
            ProductError: what the host answered, or what became of the connection to it.
        """
        return self.execute(operation, lane=lane, deadline_seconds=deadline_seconds).answer()

    def execute(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> Execution[AnswerT]:
        """Carry out one operation and return what came of it, with its times and slot.

        Raises:
            ProductError: what became of the connection to the host, as :meth:`call` says.
        """
        call = {"operation": operation, "lane": lane, "deadline_seconds": deadline_seconds}
        reply = self.call(OperationCall.model_validate(call))
        return Execution(reply.started_at, reply.ended_at, _outcome(reply, operation.answer_type()), reply.slot)

    def call(self, call: OperationCall) -> OperationAnswer:
        """Send one call and return the whole answer, a failed operation's too, with its times and slot.

        Raises:
            TransientFailure: ``browser_host_down``, nothing was sent; ``browser_host_lost``, a read's answer was lost.
            UnknownOutcome: ``browser_host_lost``, the connection broke while a publish was under way.
            PermanentFailure: ``browser_host_refused``, for a wrong token or two versions that do not fit.
        """
        timeout = httpx.Timeout(call.deadline_seconds + GRACE_SECONDS, connect=CONNECT_SECONDS)
        try:
            reply = self._http.post(
                "/operations", content=call.model_dump_json(exclude_none=True), headers=_JSON, timeout=timeout
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _down(error) from error
        except httpx.HTTPError as error:
            raise _lost(call, type(error).__name__) from error
        return _read(call, reply)

    def preempt(self, operation_id: str) -> bool:
        """Have a low operation make way; say whether it did. It did not when it is over, past its click, or not low.

        Raises:
            TransientFailure: ``browser_host_down``.
            PermanentFailure: ``browser_host_refused``, for a wrong token.
        """
        try:
            reply = self._http.post(f"/operations/{operation_id}/preempt", timeout=CONNECT_SECONDS)
        except httpx.HTTPError as error:
            raise _down(error) from error
        if reply.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise _refused(reply)
        return reply.status_code == httpx.codes.OK


def _outcome(reply: OperationAnswer, answer: type[AnswerT]) -> AnswerT | ProductError:
    failure = reply.failure
    if failure is None:
        return answer.model_validate(reply.result)
    return failure_of(
        failure.kind,
        failure.reason,
        code=failure.code,
        remedy=failure.remedy,
        retry_after_seconds=failure.retry_after_seconds,
    )


def _down(error: httpx.HTTPError) -> ProductError:
    reason = f"The browser host does not answer ({type(error).__name__})."
    return TransientFailure(reason, code=FailureCode.BROWSER_HOST_DOWN, remedy=_HOST_REMEDY)


def _refused(reply: httpx.Response) -> ProductError:
    return PermanentFailure(
        f"The browser host refused the call with HTTP {reply.status_code} ({_words(reply)}).",
        code=FailureCode.BROWSER_HOST_REFUSED,
        remedy="The token or the version of the host differs from this program's: restart the whole stack.",
    )


def _words(reply: httpx.Response) -> str:
    """Return the host's own words for a refusal."""
    try:
        return str(reply.json()["error"])
    except (ValueError, KeyError, TypeError):
        return "no reason given"


def _lost(call: OperationCall, how: str) -> ProductError:
    clicks = isinstance(call.operation, Publish) and call.operation.submit
    kind, remedy = (UnknownOutcome, _LOOK_FIRST) if clicks else (TransientFailure, _HOST_REMEDY)
    reason = f"The connection to the browser host broke during '{call.operation.kind}' ({how})."
    return kind(reason, code=FailureCode.BROWSER_HOST_LOST, remedy=remedy)


def _read(call: OperationCall, reply: httpx.Response) -> OperationAnswer:
    if httpx.codes.is_client_error(reply.status_code):
        raise _refused(reply)
    try:
        reply.raise_for_status()
        return OperationAnswer.model_validate_json(reply.content)
    except (httpx.HTTPStatusError, ValidationError) as error:
        raise _lost(call, f"HTTP {reply.status_code}") from error
