"""X's error answers: GraphQL errors inside HTTP 200, API errors with a status, and the rate limit."""

from datetime import datetime

from starlette.responses import JSONResponse, PlainTextResponse, Response

KINDS = {
    63: ("AuthorizationError", "Permissions"),
    64: ("AuthorizationError", "Permissions"),
    144: ("GenericError", "NonFatal"),
    187: ("GenericError", "NonFatal"),
    226: ("AuthorizationError", "Permissions"),
    326: ("AuthorizationError", "Permissions"),
    344: ("AuthorizationError", "Permissions"),
    385: ("AuthorizationError", "Permissions"),
}
"""Name and kind by code; others are validation errors."""
WINDOW_SECONDS = 900
"""Length of a rate limit window, in seconds."""
LIMITS = {
    "SearchTimeline": 50,
    "UserTweets": 50,
    "UserTweetsAndReplies": 50,
    "UserOriginalsTimeline": 50,
    "UserRepliesTimeline": 50,
    "UserRepostsTimeline": 50,
    "TweetDetail": 150,
    "UserByScreenName": 95,
    "HomeTimeline": 500,
}
"""Requests per window that the headers speak of."""
OTHER_LIMIT = 300


def graphql_error(message: str, code: int, path: list[str]) -> dict[str, object]:
    """Return one entry of ``errors``."""
    name, kind = KINDS.get(code, ("BadRequestError", "Validation"))
    facts = {"name": name, "source": "Client", "code": code, "kind": kind, "tracing": {"trace_id": "5a17db0c"}}
    where = [{"line": 18, "column": 3}]
    return {"message": message, "locations": where, "path": path, "extensions": facts, **facts}


def refused_create(message: str, code: int) -> JSONResponse:
    """Return CreateTweet's refusal: HTTP 200 with ``errors`` and empty ``data``."""
    error = graphql_error(f"Authorization: {message} ({code})", code, ["create_tweet"])
    return JSONResponse({"errors": [error], "data": {}})


def api_error(status: int, code: int, message: str) -> JSONResponse:
    """Return an error of the API in front of GraphQL."""
    return JSONResponse({"errors": [{"code": code, "message": message}]}, status)


def rate_headers(operation: str, now: datetime, *, left: int) -> dict[str, str]:
    """Return the ``x-rate-limit-*`` headers; the reset is in unix seconds of sandbox time."""
    seconds = int(now.timestamp())
    return {
        "x-rate-limit-limit": str(LIMITS.get(operation, OTHER_LIMIT)),
        "x-rate-limit-remaining": str(left),
        "x-rate-limit-reset": str(seconds - seconds % WINDOW_SECONDS + WINDOW_SECONDS),
    }


def rate_limited(operation: str, now: datetime) -> Response:
    """Return X's 429."""
    return PlainTextResponse("Rate limit exceeded\n", 429, headers=rate_headers(operation, now, left=0))


def no_such_post() -> JSONResponse:
    """Return TweetDetail's answer for a post that is gone or never was."""
    path = ["threaded_conversation_with_injections_v2"]
    error = graphql_error("_Missing: No status found with that ID.", 144, path)
    return JSONResponse({"errors": [error], "data": {}})
