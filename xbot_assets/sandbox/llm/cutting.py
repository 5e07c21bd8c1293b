"""A response whose connection breaks in the middle of its body."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_TURNS_TO_FLUSH = 3
"""Turns of the event loop in which the transport writes what it has and reports its end."""


class CutResponse(Response):
    """Promises the whole body in its headers, sends half of it, and closes the connection.

    The server must keep its connection in the request's state as ``transport``, as the sandbox's does.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the half."""
        del receive
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope["state"]["transport"].close()
        for _ in range(_TURNS_TO_FLUSH):
            await asyncio.sleep(0)
