"""OpenAI's error answers, word for word where the words matter to a client: message, type, code, param."""

import uuid
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil

from starlette.responses import JSONResponse, Response

_MILLISECONDS = 1000
_SHOWN_KEY_ENDS = 4
"""OpenAI shows at most this many characters at each end of a wrong key."""


@dataclass(eq=False)
class ApiError(Exception):
    """A refusal in OpenAI's form."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    retry_after: float | None = None

    def response(self) -> Response:
        """Return the HTTP answer, with both of OpenAI's retry headers when a wait is asked for."""
        body = {"message": self.message, "type": self.type, "param": self.param, "code": self.code}
        headers = {"x-request-id": f"req_{uuid.uuid4().hex}"}
        if self.code == "rate_limit_exceeded":
            headers |= {"x-ratelimit-limit-requests": "3", "x-ratelimit-remaining-requests": "0"}
        if self.retry_after is not None:
            headers["retry-after-ms"] = str(round(self.retry_after * _MILLISECONDS))
            headers["retry-after"] = str(ceil(self.retry_after))
        return JSONResponse({"error": body}, self.status, headers)


def no_key() -> ApiError:
    """No Authorization header."""
    return ApiError(
        HTTPStatus.UNAUTHORIZED,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using "
        "Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    )


def bad_key(key: str) -> ApiError:
    """A key this server does not know; shown masked, as OpenAI does."""
    ends = key[:_SHOWN_KEY_ENDS], key[-_SHOWN_KEY_ENDS:] if len(key) > 2 * _SHOWN_KEY_ENDS else ""
    return ApiError(
        HTTPStatus.UNAUTHORIZED,
        f"Incorrect API key provided: {ends[0]}***{ends[1]}. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    )


def unknown_model(model: str) -> ApiError:
    """A model that does not exist."""
    return ApiError(
        HTTPStatus.NOT_FOUND,
        f"The model `{model}` does not exist or you do not have access to it.",
        code="model_not_found",
    )


def bad_parameter(message: str, param: str | None, code: str | None = None) -> ApiError:
    """A request that cannot be understood."""
    return ApiError(HTTPStatus.BAD_REQUEST, message, code=code, param=param)


def insufficient_quota(retry_after: float | None = None) -> ApiError:
    """The account has no credit left: a 429 that waiting does not cure."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "You exceeded your current quota, please check your plan and billing details. For more information on "
        "this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
        type="insufficient_quota",
        code="insufficient_quota",
        retry_after=retry_after,
    )


_BY_STATUS: dict[int, tuple[str, str, str | None]] = {
    400: ("Invalid request.", "invalid_request_error", None),
    401: ("Incorrect API key provided: sk-s***test.", "invalid_request_error", "invalid_api_key"),
    403: (
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
    ),
    404: ("The requested resource does not exist.", "invalid_request_error", "model_not_found"),
    409: ("The resource is being changed by another request.", "conflict_error", None),
    429: (
        "Rate limit reached for requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again later.",
        "requests",
        "rate_limit_exceeded",
    ),
    500: (
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        None,
    ),
    503: ("The engine is currently overloaded, please try again later", "service_unavailable", None),
}


def status_error(status: int, retry_after: float | None) -> ApiError:
    """Return OpenAI's error for a status; unlisted ones get the sentence of their class."""
    nearest = status if status in _BY_STATUS else (500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400)
    message, kind, code = _BY_STATUS[nearest]
    return ApiError(status, message, type=kind, code=code, retry_after=retry_after)
