"""The one place where the openai SDK's exceptions become the product's failures.

Decides by the status, then by the error's ``type`` and ``code``, and by its sentence where a server has no code for it.
No message here may hold a key: what the API says is shortened and masked.
"""

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2
import openai
from pydantic import ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, ProductError, TransientFailure
from xbot_assets.llm.network import was_sent
from xbot_assets.llm.servers.errors import AnswerError, ErrorAnswer, error_of, masked

QUOTA_CODES = frozenset(
    {
        "insufficient_quota",
        "insufficient_balance",
        "insufficient_credits",
        "credit_balance_exhausted",
        "billing_hard_limit_reached",
        "billing_not_active",
        "payment_required",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)
"""Types and codes that mean money, not speed; OpenAI sends most of them as a 429, which waiting does not cure."""
_QUOTA_SENTENCE = re.compile(
    r"credit balance is too low|insufficient (?:account )?(?:balance|credits?|funds)|out of credits"
    r"|used all available credits|monthly spending limit",
    re.IGNORECASE,
)
"""As Anthropic, DeepSeek, OpenRouter and xAI say it, with statuses that mean other things too."""
_MODEL_SENTENCE = re.compile(
    r"\bmodels?\b.{0,80}\b(?:not found|does not exist|not exist|is not a valid)|\binvalid model\b|is not a valid model",
    re.IGNORECASE,
)
_KEY_SENTENCE = re.compile(
    r"api[ -]?key (?:is )?(?:not valid|invalid)|(?:incorrect|invalid) api[ -]?key", re.IGNORECASE
)
_TOO_LONG_SENTENCE = re.compile(r"maximum context length|context (?:length|window)|prompt is too long", re.IGNORECASE)
_MODEL_CODES = frozenset({"model_not_found", "invalid_model", "deploymentnotfound"})
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation", "data_inspection_failed"})
_FILTER_SENTENCE = re.compile(
    r"content exists risk|content management policy|(?:input|prompt|content) (?:was|is|were) flagged"
    r"|violat\w+ .{0,40}(?:usage|content) polic|blocked by .{0,30}(?:safety|content) ",
    re.IGNORECASE,
)
"""As DeepSeek, Azure, OpenRouter's moderation and OpenAI say it."""
_TOO_LONG_CODES = frozenset({"context_length_exceeded", "string_above_max_length"})
_MODEL_S_FAULT = frozenset({"json_validate_failed", "failed_generation"})
"""Groq's, for an answer that did not become JSON: the request was well."""
_ASK_WHAT_IT_CAN = (
    "Run 'xbot doctor --llm', which finds out what the server takes; XBOT_LLM_ANSWER_FORMAT, XBOT_LLM_LIMIT_NAME and "
    "XBOT_LLM_SEED set it by hand."
)
_TRANSIENT_STATUSES = frozenset({408, 409, 425})
_SERVER_ERRORS_FROM = 500
_MILLISECONDS = 1000
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.LocalProtocolError,
    httpx2.UnsupportedProtocol,
)
_PROXY_WANTS_LOGIN = re.compile(r"^407\b|username|password|auth", re.IGNORECASE)
"""In what httpcore says of a proxy's refusal: the status line of an HTTP proxy, or its words for SOCKS."""


def classify(exc: BaseException, *, now: datetime | None = None) -> ProductError:
    """Turn an exception of a call into the failure it means; a :class:`ProductError` comes back unchanged.

    ``now`` is the machine's time, for a Retry-After that is a date; without it such a date is ignored.
    """
    if isinstance(exc, ProductError):
        return exc
    if isinstance(exc, openai.APIStatusError):
        told = error_of(exc)
        wait = retry_after_seconds(exc.response.headers, now)
        return _of_status(told, told.wait if wait is None else wait)
    if isinstance(exc, AnswerError):
        is_told = exc.answer.status == HTTPStatus.BAD_GATEWAY and _QUOTA_SENTENCE.search(exc.answer.message)
        return _quota_used_up(exc.answer.wait) if is_told else _of_status(exc.answer, exc.answer.wait)
    for cls, build in _BY_CLASS:
        if isinstance(exc, cls):
            return build(exc)
    return PermanentFailure(
        f"Unexpected {type(exc).__name__} from the language model's client.", code=FailureCode.LLM_ERROR
    )


class ClientError(Exception):
    """What is kept of an exception of the client: its class and status. What the other side said may hold our key."""


def without_message(exc: BaseException) -> BaseException:
    """Return what may stand as the cause of a failure: our own exceptions, and of the client's their class alone."""
    if isinstance(exc, ProductError):
        return exc
    status = f" with HTTP status {exc.status_code}" if isinstance(exc, openai.APIStatusError) else ""
    return ClientError(f"{type(exc).__module__}.{type(exc).__name__}{status}")


def may_have_been_billed(exc: BaseException) -> bool:
    """Say whether the API may have done the work although no answer came: the request had left this machine."""
    return isinstance(exc, openai.APIConnectionError) and not _never_sent(exc)


def _never_sent(exc: openai.APIConnectionError) -> bool:
    """Ask the client that sent it, else go by what the SDK keeps as the cause."""
    sent = was_sent(exc)
    return isinstance(exc.__cause__, _NEVER_SENT) if sent is None else not sent


def bad_answer(problem: str) -> TransientFailure:
    """Build the failure of an answer that cannot be used; asking again may give a better one."""
    return TransientFailure(problem, code=FailureCode.BAD_ANSWER)


def filtered() -> PermanentFailure:
    """Build the failure of an answer that the API's filter stopped."""
    return PermanentFailure(
        "The API's content filter stopped the answer.",
        code=FailureCode.CONTENT_FILTER,
        remedy="Look at the persona and its topics for words that the filter objects to.",
    )


def cut(billed: int, limit: int, thought: int, *, thinks: bool) -> PermanentFailure:
    """Build the failure of an answer that ended at its limit; all are tokens, ``thought`` is 0 when not told."""
    spent = f", {thought} of them to think" if thought else ""
    room = (
        "Raise XBOT_LLM_THINKING_TOKENS, set XBOT_PLAN_EFFORT and XBOT_SAVING_EFFORT lower, or choose a model that "
        "thinks less; 'xbot doctor --llm' shows how much it thinks."
    )
    return PermanentFailure(
        f"The answer was cut at its limit of {limit} tokens: {billed} were used{spent}.",
        code=FailureCode.ANSWER_CUT,
        remedy=room if thinks or thought else "Choose a model that answers with less text, or write shorter posts.",
    )


def _of_status(told: ErrorAnswer, wait: float | None) -> ProductError:
    if _is_about_money(told):
        return _quota_used_up(wait)
    if told.status == HTTPStatus.TOO_MANY_REQUESTS or "rate_limit_exceeded" in told.codes:
        return TransientFailure(
            f"The API asks for fewer requests: {told.said()}", code=FailureCode.RATE_LIMITED, retry_after_seconds=wait
        )
    if told.status >= _SERVER_ERRORS_FROM or told.status in _TRANSIENT_STATUSES:
        return TransientFailure(
            f"The API answered {told.status}: {told.said()}", code=FailureCode.SERVER_ERROR, retry_after_seconds=wait
        )
    return _of_refusal(told)


def _quota_used_up(wait: float | None) -> BudgetFailure:
    return BudgetFailure(
        "The API account's quota is used up.",
        code=FailureCode.INSUFFICIENT_QUOTA,
        remedy="Add credit or raise the limit in the API's billing page.",
        retry_after_seconds=wait,
    )


def _is_about_money(told: ErrorAnswer) -> bool:
    if told.codes & QUOTA_CODES or told.status == HTTPStatus.PAYMENT_REQUIRED:
        return True
    return told.status < _SERVER_ERRORS_FROM and bool(_QUOTA_SENTENCE.search(told.message))


def _of_refusal(told: ErrorAnswer) -> ProductError:
    if told.status == HTTPStatus.UNAUTHORIZED or _KEY_SENTENCE.search(told.message):
        return PermanentFailure(
            "The API refused the key.",
            code=FailureCode.INVALID_API_KEY,
            remedy="Set XBOT_OPENAI_API_KEY to a valid key.",
        )
    if told.codes & _FILTER_CODES or _FILTER_SENTENCE.search(told.message):
        return filtered()
    if told.status == HTTPStatus.FORBIDDEN:
        return PermanentFailure(
            f"The API denies access: {told.said()}",
            code=FailureCode.ACCESS_DENIED,
            remedy="Check the key's project, its permissions and the country the requests come from.",
        )
    if told.codes & _MODEL_S_FAULT:
        return bad_answer("The model's answer is not of the form that was asked for.")
    return _of_request(told)


def _of_request(told: ErrorAnswer) -> PermanentFailure:
    if told.codes & _MODEL_CODES or _MODEL_SENTENCE.search(told.message):
        return PermanentFailure(
            f"The API does not know the model: {told.said()}",
            code=FailureCode.MODEL_NOT_FOUND,
            remedy="Set XBOT_PLAN_MODEL to a model that this key may use.",
        )
    if told.status == HTTPStatus.NOT_FOUND:
        return PermanentFailure(
            f"The API has no such address: {told.said()}",
            code=FailureCode.NOT_FOUND,
            remedy="Check XBOT_OPENAI_BASE_URL; it usually ends in /v1.",
        )
    is_long = told.codes & _TOO_LONG_CODES or _TOO_LONG_SENTENCE.search(told.message)
    code = FailureCode.PROMPT_TOO_LONG if is_long else FailureCode.BAD_REQUEST
    return PermanentFailure(
        f"The API refused the request ({told.status}): {told.said()}",
        code=code,
        remedy=_ASK_WHAT_IT_CAN if code is FailureCode.BAD_REQUEST else None,
    )


def _timed_out(_exc: BaseException) -> TransientFailure:
    return TransientFailure("The API did not answer in time.", code=FailureCode.TIMEOUT)


def _not_connected(exc: BaseException) -> ProductError:
    if isinstance(exc.__cause__, httpx2.ProxyError):
        return _proxy_refused(exc.__cause__)
    if isinstance(exc.__cause__, httpx2.LocalProtocolError):
        return _unwritable(exc)
    if isinstance(exc, openai.APIConnectionError) and _never_sent(exc):
        return TransientFailure(
            "The API cannot be reached.",
            code=FailureCode.UNREACHABLE,
            remedy="Check the network, the proxy if there is one, and XBOT_OPENAI_BASE_URL; with llm=sandbox, start "
            "the parts.",
        )
    return TransientFailure("The connection to the API broke.", code=FailureCode.CONNECTION_BROKEN)


def _unwritable(_exc: BaseException) -> PermanentFailure:
    return PermanentFailure(
        "The request could not be written: a header of it would hold what no header may.",
        code=FailureCode.BAD_REQUEST,
        remedy="Look for line breaks, quotes and foreign letters in XBOT_OPENAI_API_KEY, OPENAI_ORG_ID and "
        "OPENAI_PROJECT_ID.",
    )


def _proxy_refused(cause: httpx2.ProxyError) -> ProductError:
    """Tell a proxy that wants a login, which only a person can give, from one that cannot reach the API now."""
    said = masked(str(cause)) or "no reason given"
    if _PROXY_WANTS_LOGIN.search(said):
        return PermanentFailure(
            f"The proxy did not let the request through: {said}",
            code=FailureCode.BAD_PROXY,
            remedy="Write the proxy's name and password into ALL_PROXY or HTTPS_PROXY: scheme://name:password@host.",
        )
    return TransientFailure(
        f"The API cannot be reached through the proxy: {said}",
        code=FailureCode.UNREACHABLE,
        remedy="Check the proxy that ALL_PROXY or HTTPS_PROXY names, and XBOT_OPENAI_BASE_URL.",
    )


def _unreadable(_exc: BaseException) -> TransientFailure:
    return bad_answer("The model's answer is not of the form that was asked for.")


_BY_CLASS: tuple[tuple[type[BaseException], Callable[[BaseException], ProductError]], ...] = (
    (openai.APITimeoutError, _timed_out),  # before its base class
    (openai.APIConnectionError, _not_connected),
    (openai.APIResponseValidationError, _unreadable),
    (ValidationError, _unreadable),
    (UnicodeEncodeError, _unwritable),
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
