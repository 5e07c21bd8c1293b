"""X's own refusals, in an HTTP status or in ``errors[]`` of an answer with status 200, as typed failures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import (
    BudgetFailure,
    PermanentFailure,
    ProductError,
    TransientFailure,
    UnknownOutcome,
)

RATE_WINDOW_SECONDS = 900.0
"""X counts requests in windows of 15 minutes; no wait for a window is longer."""

_LOOK = "Look at the account by hand before anything else is posted."
_LOGIN = "Run 'xbot login'; the sandbox's session is renewed by itself."
_RETRY_LATER = "Nothing needs doing; it is tried again."


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: type[ProductError]
    code: FailureCode
    reason: str
    remedy: str | None = None


_SOMEBODY: dict[FailureCode, str] = {
    FailureCode.NO_ACCOUNT: "X knows no such account.",
    FailureCode.ACCOUNT_SUSPENDED: "X has suspended that account.",
    FailureCode.ACCOUNT_PROTECTED: "Only the followers of that account may see its posts.",
    FailureCode.ACCOUNT_BLOCKED: "That account has blocked ours.",
}
ABOUT_SOMEBODY = frozenset(_SOMEBODY)
"""Codes of refusals that are about the account that was asked for, and say nothing about ours."""
OF_SOMEBODY: dict[int, FailureCode] = {
    17: FailureCode.NO_ACCOUNT,
    50: FailureCode.NO_ACCOUNT,
    63: FailureCode.ACCOUNT_SUSPENDED,
    108: FailureCode.NO_ACCOUNT,
    136: FailureCode.ACCOUNT_BLOCKED,
    179: FailureCode.ACCOUNT_PROTECTED,
}
"""X's errors about the account that was asked for."""

_MEANINGS: dict[int, _Meaning] = {
    **{number: _Meaning(PermanentFailure, code, _SOMEBODY[code]) for number, code in OF_SOMEBODY.items()},
    29: _Meaning(TransientFailure, FailureCode.X_TIMEOUT, "X's servers timed out.", _RETRY_LATER),
    32: _Meaning(PermanentFailure, FailureCode.LOGGED_OUT, "X does not accept the stored session.", _LOGIN),
    37: _Meaning(PermanentFailure, FailureCode.SUSPENDED, "X has suspended the account.", _LOOK),
    64: _Meaning(PermanentFailure, FailureCode.SUSPENDED, "X has suspended the account.", _LOOK),
    88: _Meaning(TransientFailure, FailureCode.RATE_LIMITED, "X limits how often this account may ask."),
    130: _Meaning(TransientFailure, FailureCode.X_OVERLOADED, "X is over capacity.", _RETRY_LATER),
    131: _Meaning(TransientFailure, FailureCode.X_INTERNAL_ERROR, "X had an internal error.", _RETRY_LATER),
    141: _Meaning(PermanentFailure, FailureCode.SUSPENDED, "X has suspended the account.", _LOOK),
    144: _Meaning(PermanentFailure, FailureCode.GONE, "X has no post with that id."),
    186: _Meaning(PermanentFailure, FailureCode.TOO_LONG, "X says that the text is too long.", "Shorten the post."),
    187: _Meaning(
        UnknownOutcome,
        FailureCode.DUPLICATE,
        "X says that this account has already posted this text.",
        "Look for the post on the account's timeline; do not post it again.",
    ),
    226: _Meaning(
        PermanentFailure,
        FailureCode.LOOKS_AUTOMATED,
        "X says that the request looks automated.",
        "Stop posting and look at the account by hand: repeating this leads to suspension.",
    ),
    326: _Meaning(PermanentFailure, FailureCode.LOCKED, "X has locked the account.", f"Unlock it by hand. {_LOOK}"),
    336: _Meaning(PermanentFailure, FailureCode.REQUEST_REFUSED, "X did not accept the form of the request."),
    344: _Meaning(
        BudgetFailure,
        FailureCode.DAILY_LIMIT,
        "X says that the account has reached its daily limit of posts.",
        "Wait until tomorrow, or lower the daily cap.",
    ),
    385: _Meaning(
        PermanentFailure,
        FailureCode.REPLIES_RESTRICTED,
        "The post's author has restricted who may reply, or the post is gone.",
    ),
}


def errors_in(body: object) -> list[tuple[int, str]]:
    """Return ``(code, message)`` of each error in an answer; code 0 when X gives none."""
    errors = body.get("errors") if isinstance(body, dict) else None
    pairs: list[tuple[int, str]] = []
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            extensions = error.get("extensions")
            codes = (error.get("code"), extensions.get("code") if isinstance(extensions, dict) else None)
            code = next(filter(None, map(_number, codes)), 0)
            pairs.append((code, str(error.get("message", ""))))
    return pairs


def _number(code: object) -> int:
    """Return a code that is a number, written as one or in digits; 0 for anything else, such as ``"NOT_FOUND"``."""
    if isinstance(code, str) and re.fullmatch(r"[0-9]{1,9}", code):
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else 0


def refusal_of(status: int, headers: Mapping[str, str], body: object) -> ProductError | None:
    """Return what X refused in an answer to a read, or ``None`` when it refused nothing that is known."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return rate_limited(headers)
    known = [code for code, _message in errors_in(body) if code in _MEANINGS]
    for code in sorted(known, key=lambda code: code in OF_SOMEBODY):  # what is about our account comes first
        return _failure(_MEANINGS[code], code, headers)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return _failure(_MEANINGS[32], 32, headers)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientFailure(f"X answered with HTTP {status}.", code=FailureCode.X_UNAVAILABLE, remedy=_RETRY_LATER)
    return None


def publish_refusal(status: int, headers: Mapping[str, str], body: object) -> ProductError:
    """Return why a CreateTweet answer without a post is not a success.

    A refusal in words means that nothing was posted. A server error or an empty answer says nothing about
    that, so the outcome is unknown.
    """
    known = refusal_of(status, headers, body)
    if known is not None and known.code not in _SAYS_NOTHING:
        return known
    errors = errors_in(body)
    if known is None and errors:
        reason = f"X refused the post with error {errors[0][0]}."
        return PermanentFailure(reason, code=FailureCode.REFUSED, remedy=_LOOK)
    if known is None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        reason = f"X refused the request to post with HTTP {status}."
        return PermanentFailure(
            reason, code=FailureCode.REQUEST_REFUSED, remedy="X's pages have changed, or the session is bad."
        )
    return no_witness(f"X answered the post with HTTP {status} and named no post.")


_SAYS_NOTHING = frozenset(
    {FailureCode.X_TIMEOUT, FailureCode.X_OVERLOADED, FailureCode.X_INTERNAL_ERROR, FailureCode.X_UNAVAILABLE}
)


def no_witness(reason: str) -> UnknownOutcome:
    """Return the failure for a click that X did not answer in a way that proves anything."""
    return UnknownOutcome(
        reason, code=FailureCode.NO_WITNESS, remedy="Look for the post on the account's timeline; do not post it again."
    )


def _failure(meaning: _Meaning, code: int, headers: Mapping[str, str]) -> ProductError:
    if meaning.code == FailureCode.RATE_LIMITED:
        return rate_limited(headers)
    return meaning.kind(f"{meaning.reason} (error {code})", code=meaning.code, remedy=meaning.remedy)


def rate_limited(headers: Mapping[str, str]) -> TransientFailure:
    """Return the failure for a rate limit, with the wait X names (``x-rate-limit-reset``, unix seconds)."""
    wait = _seconds_until_reset(headers)
    reason = "X limits how often this account may ask."
    remedy = f"It is tried again after the limit ends, in {wait:.0f} s."
    return TransientFailure(reason, code=FailureCode.RATE_LIMITED, remedy=remedy, retry_after_seconds=wait)


def _seconds_until_reset(headers: Mapping[str, str]) -> float:
    """Return the seconds until the window ends; a whole window when X does not say or its clock is not ours."""
    reset = headers.get("x-rate-limit-reset", "")
    if not reset.isdecimal():
        return RATE_WINDOW_SECONDS
    left = int(reset) - system_now().timestamp()
    return left if 0 < left <= RATE_WINDOW_SECONDS else RATE_WINDOW_SECONDS
