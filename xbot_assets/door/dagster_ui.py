"""The door before Dagster's UI, as a layer around its application; knows HTTP, and of Dagster only its addresses.

Dagster's web server answers everybody by any name, runs a mutation that came by GET (an image's address is enough) or
as a cross-site form, and opens a WebSocket for every page. Here a change must be a POST of JSON, which a page of
another origin cannot send without asking the server for leave first, and nobody gives that leave.
"""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from xbot_assets.door.guard import Guard
from xbot_assets.door.headers import Headers
from xbot_assets.door.origins import OwnPages, names_of, refuse, under_the_name_of
from xbot_assets.door.wall import LoginWall
from xbot_assets.settings import Settings

GRAPHQL = "/graphql"
JSON = "application/json"
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser would hide the origin of the UI's own requests from us too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = (
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:"
)
"""Beside the UI's own policy, which says what scripts and styles may be."""
DESTINATION = "dagster"
"""Under this name the login page leads back to the UI."""


def dagster_door(app: ASGIApp, settings: Callable[[], Settings]) -> ASGIApp:
    """Return Dagster's application behind the door."""
    guard = Guard(settings)
    behind_login = LoginWall(app, guard, lambda connection: _way_in(connection, settings()))
    return Headers(OwnPages(_ChangesAreJson(behind_login), lambda: names_of(settings())), HEADERS, POLICY)


def _way_in(connection: HTTPConnection, settings: Settings) -> str:
    return under_the_name_of(connection, f"{settings.service_url or ''}/login?to={DESTINATION}")


class _ChangesAreJson:
    """Lets reading be a GET and everything else a POST of JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and (refusal := _refusal(HTTPConnection(scope))) is not None:
            await refuse(scope, receive, send, *refusal)
            return
        await self._app(scope, receive, send)


def _refusal(connection: HTTPConnection) -> tuple[str, HTTPStatus] | None:
    method, path = connection.scope["method"], connection.scope["path"]
    if method == "POST":
        kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
        return None if kind == JSON else ("Only JSON is read here.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if method not in {"GET", "HEAD"}:
        return "Only GET and POST are answered here.", HTTPStatus.METHOD_NOT_ALLOWED
    # For who wants a page, Dagster shows an editor of queries and runs none.
    if GRAPHQL in path and "text/html" not in connection.headers.get("accept", ""):
        return "Send queries as JSON by POST.", HTTPStatus.METHOD_NOT_ALLOWED
    return None
