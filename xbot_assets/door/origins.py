"""Whether a request is for us by name, and whether a page of another origin made it.

A browser says which page asks in ``Origin`` (always with a POST, a WebSocket and a script's question to another origin)
and in ``Sec-Fetch-Site`` (always, to this machine). A program says neither and is let through to the login: a web page
cannot leave them out.
"""

from collections.abc import Callable, Collection
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from xbot_assets.settings import Settings

OWN_NAMES = ("127.0.0.1", "localhost")
"""The names of this machine; another one is a web page that points its own name here, unless the owner set it."""
CLOSED_BY_RULE = 1008
"""The WebSocket code for a message or a visitor that is against the rules."""
_READS = frozenset({"GET", "HEAD"})
_ONCE = ("host", "origin", "content-type", "authorization", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")
"""What is decided by: of two that differ, we would look at one and somebody behind us at the other."""


def is_ours(host: str, names: Collection[str]) -> bool:
    """Say whether a ``Host`` header names this server."""
    name, _, port = host.lower().rpartition(":") if ":" in host else (host.lower(), "", "")
    return name in {one.lower() for one in names} and (not port or port.isdecimal())


def names_of(settings: Settings) -> list[str]:
    """Return the names that a server of this stack answers to."""
    return [*OWN_NAMES, *settings.hosts]


def under_the_name_of(connection: HTTPConnection, url: str) -> str:
    """Return the address of another server of this stack, by the name that this one was asked for by.

    A browser keeps a cookie for a name, so a session goes from one to the other only under the same name.
    """
    return url.replace(f"//{OWN_NAMES[0]}:", f"//{connection.url.hostname}:")


def is_own_origin(connection: HTTPConnection) -> bool:
    """Say whether the page that asks was served by this very server."""
    host = connection.headers.get("host")
    return connection.headers.get("origin") in {f"http://{host}", f"https://{host}"}


def says_twice(connection: HTTPConnection) -> str | None:
    """Return the name of a header that decides, and that the request has more than once."""
    return next((name for name in _ONCE if len(connection.headers.getlist(name)) > 1), None)


def comes_from_elsewhere(connection: HTTPConnection) -> bool:
    """Say whether a page of another origin made the request, other than by leading its reader here."""
    if "origin" in connection.headers or connection.scope["type"] == "websocket":
        return not is_own_origin(connection)
    if connection.headers.get("sec-fetch-site", "none") in {"none", "same-origin"}:
        return False
    fetched = connection.headers.get("sec-fetch-mode"), connection.headers.get("sec-fetch-dest")
    return fetched != ("navigate", "document") or connection.scope["method"] not in _READS


class OwnPages:
    """Lets in requests that are for one of our names and were not made by a page of another origin."""

    def __init__(self, app: ASGIApp, names: Callable[[], Collection[str]]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] in {"http", "websocket"}:
            connection = HTTPConnection(scope)
            if (twice := says_twice(connection)) is not None:
                await refuse(scope, receive, send, f"{twice} may be said once.", HTTPStatus.BAD_REQUEST)
                return
            if not is_ours(connection.headers.get("host", ""), self._names()):
                await refuse(scope, receive, send, "This is not a name of this server.", HTTPStatus.BAD_REQUEST)
                return
            if comes_from_elsewhere(connection):
                await refuse(scope, receive, send, "Only a page of this service may ask for that.")
                return
        await self._app(scope, receive, send)


async def refuse(
    scope: Scope, receive: Receive, send: Send, why: str, status: HTTPStatus = HTTPStatus.FORBIDDEN
) -> None:
    """Answer with a refusal; a WebSocket is closed before it is open."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": CLOSED_BY_RULE, "reason": why})
        return
    await PlainTextResponse(why, status)(scope, receive, send)
