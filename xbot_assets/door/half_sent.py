"""uvicorn's reader of requests, with an end to those that never become whole, and a look at who connected.

uvicorn waits for ever for the rest of a request: each half-sent one would keep a connection, and a service that has no
connection left serves nobody. It also keeps headers of any length, of whoever connects, in memory.
"""

import asyncio
from asyncio import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from xbot_assets.door.peers import STATE_KEY, account_of

LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
HEAD_BYTES_MAX = 64 * 1024
"""What web servers allow a request's headers to be, or less; a browser with many cookies sends a tenth of it."""


class _Prompt(HttpToolsProtocol):
    """Ends a connection whose request is not whole :attr:`seconds` after it began, or was connected, or is too long."""

    seconds: float
    _end: TimerHandle | None = None
    _beside_body: int = 0
    """How many bytes of the request that is coming belong to no body: headers, trailers, the frames of chunks."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, STATE_KEY: account_of(self.client, self.server)}
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._beside_body += len(data)
        super().data_received(data)
        if self._beside_body > HEAD_BYTES_MAX:
            self._refuse(TOO_LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._beside_body -= len(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._beside_body = 0
        self._cancel()

    def handle_websocket_upgrade(self) -> None:
        self._cancel()
        super().handle_websocket_upgrade()

    def _start(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(self.seconds, self._give_up)

    def _cancel(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _give_up(self) -> None:
        self._end = None
        self._refuse(LATE)

    def _refuse(self, answer: bytes) -> None:
        if self.transport.is_closing():
            return
        answering: RequestResponseCycle | None = self.cycle  # none before the first headers are whole
        if answering is None or not answering.response_started:
            self.transport.write(answer)
        self.transport.close()


def complete_within(seconds: float) -> type[HttpToolsProtocol]:
    """Return the protocol, for uvicorn's ``http``, that gives a request this long to arrive."""
    return type("Prompt", (_Prompt,), {"seconds": seconds})
