"""What a server says when it refuses, whatever the shape: an HTTP error's body, or an error inside an answer."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import openai

from xbot_assets.domain.posts.presentable import storable
from xbot_assets.masking import mask

_SAID_AT_MOST = 200
_READ_AT_MOST = 4000
_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')
_CODES = ("code", "type", "status", "status_code")
_STATUSES = {
    word: status
    for status, words in {
        400: "invalid_request_error invalid_argument failed_precondition 2013",
        401: "authentication_error unauthenticated invalid_api_key 1004 2049",
        402: "billing_error 1008",
        403: "permission_error permission_denied",
        404: "not_found_error not_found model_not_found",
        429: "rate_limit_error rate_limit_exceeded resource_exhausted too_many_requests 1002 1039",
        500: "api_error internal internal_error",
        503: "overloaded_error unavailable service_unavailable",
        504: "deadline_exceeded timeout_error",
    }.items()
    for word in words.split()
}
"""What an error without a status has instead: Anthropic's types, Google's words, MiniMax's numbers."""
_NO_ERROR = frozenset({"0", "200", "ok", "success", "none", ""})
"""Codes of an answer that went well."""
_MESSAGE_NAMES = ("message", "msg", "status_msg", "detail", "error_description", "error")


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """A refusal as its server told it.

    Attributes:
        status: the HTTP status, or the one that an error inside an answer names.
        codes: its codes and types, in lower case.
        message: its sentences in one line, as they came: only :meth:`said` may be shown.
        parameter: the parameter that it names, in a field of its own.
        wait: seconds to wait, where the body says so.
    """

    status: int
    codes: frozenset[str]
    message: str
    parameter: str = ""
    wait: float | None = None

    def said(self) -> str:
        """Return the server's own sentence, short, with anything like a key masked."""
        return masked(self.message or "no reason given")


class AnswerError(Exception):
    """Raised for an answer with status 200 that is an error."""

    def __init__(self, answer: ErrorAnswer) -> None:
        super().__init__(answer.said())
        self.answer = answer


def refusal_in(exc: BaseException) -> ErrorAnswer | None:
    """Return what the server said, when the error is a server's answer at all."""
    if isinstance(exc, openai.APIStatusError):
        return error_of(exc)
    return exc.answer if isinstance(exc, AnswerError) else None


def error_of(exc: openai.APIStatusError) -> ErrorAnswer:
    """Return what a response with an error status says."""
    text = exc.response.text
    try:
        body = json.loads(text)
    except ValueError:
        body = None  # a gateway's page: nothing of it is for people
    return read_error(exc.status_code, body, text)


def error_in(body: Mapping[str, Any]) -> ErrorAnswer | None:
    """Return the error that an answer with status 200 holds, at its top or in its choice; ``None`` for none."""
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
    told = body.get("error") or first.get("error")
    if not told and not first:
        told = _told_otherwise(body)
    if not told or (first and _went_well(told)):
        return None
    status = _status(told) or _status(body) or _named(told) or HTTPStatus.BAD_GATEWAY
    return read_error(status, {"error": told}, json.dumps(told))


def _went_well(told: object) -> bool:
    """Say whether an object for errors is there and tells of none."""
    if not isinstance(told, Mapping) or any(_sentences(told)):
        return False
    return {str(told.get(name, "")).lower() for name in _CODES} <= _NO_ERROR


def _named(told: object) -> int | None:
    codes = (str(told.get(name)).lower() for name in _CODES) if isinstance(told, Mapping) else ()
    return next((_STATUSES[code] for code in codes if code in _STATUSES), None)


def _told_otherwise(body: Mapping[str, Any]) -> object:
    """Return an error that is not called one: a list of them, a detail, a message alone, or MiniMax's own form."""
    if body.get("object") == "error" or isinstance(body.get("message"), str):
        return body
    return next((body[name] for name in ("errors", "detail", "base_resp") if body.get(name)), None)


def read_error(status: int, body: object, text: str) -> ErrorAnswer:
    """Read the body of a refusal; ``text`` is the same, unread."""
    if isinstance(body, list) and body:
        body = body[0]  # Gemini's errors come in a list
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    sources = [source for source in (inner, body) if isinstance(source, Mapping)]
    named = (source.get(name) for source in sources for name in _CODES)
    delay = _DELAY.search(text[:_READ_AT_MOST])
    return ErrorAnswer(
        status=status,
        codes=frozenset(str(word).lower() for word in named if isinstance(word, str | int)),
        message=" ".join(" ".join(_sentences(inner)).split())[:_READ_AT_MOST],
        parameter=next((str(source["param"]) for source in sources if source.get("param")), ""),
        wait=float(delay[1]) if delay else None,
    )


def _sentences(told: object) -> Iterator[str]:
    """Yield the sentences of an error, and where in the request it was: never what the request held."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, list):
        for one in told:
            yield from _sentences(one)
    elif isinstance(told, Mapping):
        where = told.get("loc")
        if isinstance(where, list):
            yield ".".join(str(part) for part in where) + ":"
        for name in _MESSAGE_NAMES:
            yield from _sentences(told.get(name))
        metadata = told.get("metadata")  # OpenRouter: what the provider behind it said
        if isinstance(metadata, Mapping):
            yield from _sentences(metadata.get("raw"))


def _status(told: object) -> int | None:
    code = told.get("code", told.get("status")) if isinstance(told, Mapping) else None
    number = int(code) if isinstance(code, int | str) and str(code).isdecimal() else 0
    return number if HTTPStatus.BAD_REQUEST <= number <= 599 else None  # noqa: PLR2004 - the last of the server errors


def masked(message: str) -> str:
    """Return what somebody said as one short line, with anything like a key masked."""
    return mask(" ".join(storable(message).split()))[:_SAID_AT_MOST]
