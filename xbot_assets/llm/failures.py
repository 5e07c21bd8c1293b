"""The one place where the openai SDK's exceptions become the product's failures.

Decides by the SDK's exception class, then by the error's ``type`` and ``code``. No message here may hold a key: what
the API says is shortened and masked.
"""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai
from pydantic import ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, ProductError, TransientFailure
from xbot_assets.masking import mask

QUOTA_WORDS = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "billing_hard_limit_reached",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)
"""Types and codes that mean money, not speed; OpenAI sends most of them as a 429, which waiting does not cure."""
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})
_TOO_LONG_CODES = frozenset({"context_length_exceeded", "string_above_max_length"})
_TRANSIENT_STATUSES = frozenset({408, 409})
_SERVER_ERRORS_FROM = 500
_SAID_AT_MOST = 200
_MILLISECONDS = 1000
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


def classify(exc: BaseException, *, now: datetime | None = None) -> ProductError:
    """Turn an exception of a call into the failure it means; a :class:`ProductError` comes back unchanged.

    ``now`` is the machine's time, for a Retry-After that is a date; without it such a date is ignored.
    """
    if isinstance(exc, ProductError):
        return exc
    if isinstance(exc, openai.APIStatusError):
        return _of_status(exc, now)
    for cls, build in _BY_CLASS:
        if isinstance(exc, cls):
            return build(exc)
    return PermanentFailure(
        f"Unexpected {type(exc).__name__} from the language model's client.", code=FailureCode.LLM_ERROR
    )


class ClientError(Exception):
    """What is kept of an exception of the client: its class and status. What the other side said may hold our key."""


def without_words(exc: BaseException) -> BaseException:
    """Return what may stand as the cause of a failure: our own exceptions, and of the client's their class alone."""
    if isinstance(exc, ProductError):
        return exc
    status = f" with HTTP status {exc.status_code}" if isinstance(exc, openai.APIStatusError) else ""
    return ClientError(f"{type(exc).__module__}.{type(exc).__name__}{status}")


def may_have_been_billed(exc: BaseException) -> bool:
    """Say whether the API may have done the work although no answer came: the request had left this machine."""
    return isinstance(exc, openai.APIConnectionError) and not isinstance(exc.__cause__, _NEVER_SENT)


def bad_answer(problem: str) -> TransientFailure:
    """Build the failure of an answer that cannot be used; asking again may give a better one."""
    return TransientFailure(problem, code=FailureCode.BAD_ANSWER)


def _of_status(exc: openai.APIStatusError, now: datetime | None) -> ProductError:
    words = {exc.code or "", exc.type or ""}
    wait = retry_after_seconds(exc.response.headers, now)
    if words & QUOTA_WORDS:
        return BudgetFailure(
            "The API account's quota is used up.",
            code=FailureCode.INSUFFICIENT_QUOTA,
            remedy="Add credit or raise the limit in the API's billing page.",
            retry_after_seconds=wait,
        )
    if isinstance(exc, openai.RateLimitError):
        return TransientFailure(
            f"The API asks for fewer requests: {_said(exc)}", code=FailureCode.RATE_LIMITED, retry_after_seconds=wait
        )
    if exc.status_code >= _SERVER_ERRORS_FROM or exc.status_code in _TRANSIENT_STATUSES:
        return TransientFailure(
            f"The API answered {exc.status_code}: {_said(exc)}", code=FailureCode.SERVER_ERROR, retry_after_seconds=wait
        )
    return _of_refusal(exc, words)


def _of_refusal(exc: openai.APIStatusError, words: set[str]) -> PermanentFailure:
    if isinstance(exc, openai.AuthenticationError):
        return PermanentFailure(
            "The API refused the key.",
            code=FailureCode.INVALID_API_KEY,
            remedy="Set XBOT_OPENAI_API_KEY to a valid key.",
        )
    if isinstance(exc, openai.PermissionDeniedError):
        return PermanentFailure(
            f"The API denies access: {_said(exc)}",
            code=FailureCode.ACCESS_DENIED,
            remedy="Check the key's project, its permissions and the country the requests come from.",
        )
    if isinstance(exc, openai.NotFoundError):
        return _not_found(exc)
    if words & _FILTER_CODES:
        return _filtered(exc)
    code = FailureCode.PROMPT_TOO_LONG if words & _TOO_LONG_CODES else FailureCode.BAD_REQUEST
    return PermanentFailure(f"The API refused the request ({exc.status_code}): {_said(exc)}", code=code)


def _not_found(exc: openai.NotFoundError) -> PermanentFailure:
    if exc.code == FailureCode.MODEL_NOT_FOUND:
        return PermanentFailure(
            f"The API does not know the model: {_said(exc)}",
            code=FailureCode.MODEL_NOT_FOUND,
            remedy="Set XBOT_PLAN_MODEL to a model that this key may use.",
        )
    return PermanentFailure(
        f"The API has no such address: {_said(exc)}",
        code=FailureCode.NOT_FOUND,
        remedy="Check XBOT_OPENAI_BASE_URL; it usually ends in /v1.",
    )


def _filtered(_exc: BaseException) -> PermanentFailure:
    return PermanentFailure(
        "The API's content filter stopped the answer.",
        code=FailureCode.CONTENT_FILTER,
        remedy="Look at the persona and its topics for words that the filter objects to.",
    )


def _cut(_exc: BaseException) -> PermanentFailure:
    return PermanentFailure(
        "The answer was cut at its token limit.",
        code=FailureCode.ANSWER_CUT,
        remedy="Lower XBOT_POSTS_PER_PLAN, or choose a model that answers with less text.",
    )


def _timed_out(_exc: BaseException) -> TransientFailure:
    return TransientFailure("The API did not answer in time.", code=FailureCode.TIMEOUT)


def _not_connected(exc: BaseException) -> TransientFailure:
    if isinstance(exc.__cause__, _NEVER_SENT):
        return TransientFailure(
            "The API cannot be reached.",
            code=FailureCode.UNREACHABLE,
            remedy="Check the network and XBOT_OPENAI_BASE_URL; with llm=sandbox, start the parts.",
        )
    return TransientFailure("The connection to the API broke.", code=FailureCode.CONNECTION_BROKEN)


def _unreadable(_exc: BaseException) -> TransientFailure:
    return bad_answer("The model's answer is not of the form that was asked for.")


_BY_CLASS: tuple[tuple[type[BaseException], Callable[[BaseException], ProductError]], ...] = (
    (openai.LengthFinishReasonError, _cut),
    (openai.ContentFilterFinishReasonError, _filtered),
    (openai.APITimeoutError, _timed_out),  # before its base class
    (openai.APIConnectionError, _not_connected),
    (openai.APIResponseValidationError, _unreadable),
    (ValidationError, _unreadable),
)


def retry_after_seconds(headers: httpx2.Headers, now: datetime | None) -> float | None:
    """Return the wait a response asks for: ``retry-after-ms``, else ``retry-after`` in seconds or as a date."""
    for name, scale in (("retry-after-ms", _MILLISECONDS), ("retry-after", 1)):
        try:
            return max(0.0, float(headers[name]) / scale)
        except (KeyError, ValueError):
            continue
    return _until(headers.get("retry-after", ""), now)


def _until(text: str, now: datetime | None) -> float | None:
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds()) if now else None
    except (ValueError, TypeError):
        return None


def _said(exc: openai.APIStatusError) -> str:
    """Return the API's own sentence, one line, masked before it is cut: half a key is one, too."""
    body = exc.body if isinstance(exc.body, dict) else {}
    message = str(body.get("message") or "no reason given")
    return mask(" ".join(message.split()))[:_SAID_AT_MOST]
