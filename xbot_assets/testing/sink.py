"""A web server on loopback that keeps what is sent to it, and refuses when told to: where alerts go in tests."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Sink:
    """What arrived. ``refusals`` requests are answered with an error before one is taken."""

    port: int
    refusals: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The path of every request."""

    def channel(self, path: str = "alerts", password: str = "secret") -> str:  # noqa: S107 - what must not be shown
        """Return the address of a channel that leads here, as apprise writes it."""
        return f"json://me:{password}@127.0.0.1:{self.port}/{path}"

    @property
    def titles(self) -> list[str]:
        """The titles of the messages that were taken."""
        return [message["title"] for message in self.taken]


@contextmanager
def running_sink() -> Iterator[Sink]:
    """Run one until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.sink = Sink(server.server_address[1])  # type: ignore[attr-defined]  # ours to give
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.sink  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        sink.asked.append(self.path)
        if sink.refusals:
            sink.refusals -= 1
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        if body:
            sink.taken.append(json.loads(body))
        self.send_response(HTTPStatus.OK)
        self.end_headers()
