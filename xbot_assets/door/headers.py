"""Headers that tell a browser what a page may do and who may hold it."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "Content-Security-Policy"


class Headers:
    """Sets headers on every answer, errors included.

    Args:
        app: what answers.
        headers: replace those of the same name.
        policy: a content security policy beside the answer's own: a browser keeps to both.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], policy: str | None = None) -> None:
        self._app = app
        self._headers = dict(headers)
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; one who goes away in the middle of a request is nobody's fault."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if self._policy is not None:
                    headers.append(POLICY, self._policy)
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except ClientDisconnect:
            return
