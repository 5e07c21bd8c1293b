"""The wall before everything that is behind the token."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xbot_assets.door.guard import Guard
from xbot_assets.door.origins import CLOSED_BY_RULE, refuse

SENTENCE = "Log in first: 'xbot open' does it for you."


class LoginWall:
    """Lets nobody without a session past, when the pages are behind the token.

    Args:
        app: what is behind it.
        guard: who knows the sessions.
        way_in: the address of the login page for who asks.
        open_paths: the beginnings of the paths that anybody may ask for.
    """

    def __init__(
        self, app: ASGIApp, guard: Guard, way_in: Callable[[HTTPConnection], str], open_paths: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._guard = guard
        self._way_in = way_in
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with the way in."""
        if scope["type"] not in {"http", "websocket"} or scope["path"].startswith(self._open_paths):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if not self._guard.lets_in(connection):
            await self._refuse(connection, receive, send)
        elif scope["type"] == "websocket":
            await _While(self._guard, connection, receive, send).run(self._app)
        else:
            await self._app(scope, receive, send)

    async def _refuse(self, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        if connection.scope["type"] == "websocket":
            await refuse(connection.scope, receive, send, SENTENCE)
            return
        await self._answer(connection)(connection.scope, receive, send)

    def _answer(self, connection: HTTPConnection) -> Response:
        if connection.scope["method"] == "GET" and "text/html" in connection.headers.get("accept", ""):
            return RedirectResponse(self._way_in(connection), HTTPStatus.SEE_OTHER)
        return PlainTextResponse(SENTENCE, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})


class _While:
    """A WebSocket that is closed at its first message, in either direction, after its session has ended."""

    def __init__(self, guard: Guard, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        self._guard = guard
        self._connection = connection
        self._receive = receive
        self._send = send
        self._closed = False

    async def run(self, app: ASGIApp) -> None:
        await app(self._connection.scope, self.receive, self.send)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive" and not await self._holds():
            return {"type": "websocket.disconnect", "code": CLOSED_BY_RULE}
        return message

    async def send(self, message: Message) -> None:
        if not self._closed and await self._holds():
            await self._send(message)

    async def _holds(self) -> bool:
        if not self._closed and not self._guard.lets_in(self._connection):
            self._closed = True
            await self._send({"type": "websocket.close", "code": CLOSED_BY_RULE, "reason": SENTENCE})
        return not self._closed
