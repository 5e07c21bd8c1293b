"""A server that refuses everything and repeats all it was sent, as some providers do."""

import itertools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STATUSES = (401, 403, 404, 500)
_NAMED = re.compile(r"/echo-(\d{3})/")


class EchoingApi:
    """The server.

    Attributes:
        status: what it answers with; ``None`` for each of :data:`STATUSES` in turn. A request to an address with
            ``/echo-404/`` in it gets that one in any case.
        answered: every status with which a login was refused.
        authorizations: every login that was sent.
        paths: every address that was asked for.
        bodies: everything else that was sent.
    """

    def __init__(self) -> None:
        self.status: int | None = 401
        self.answered: set[int] = set()
        self.authorizations: set[str] = set()
        self.paths: set[str] = set()
        self.bodies: list[str] = []
        self._in_turn = itertools.cycle(STATUSES)
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                api.answer(self)

            do_GET = do_PUT = do_POST  # noqa: N815 - the library's names

            def log_message(self, *_words: object) -> None:
                """Be quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.server_address[1])

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Refuse, with every header and the address in the message, the body, the type and a header of the answer."""
        self.bodies.append(request.rfile.read(int(request.headers.get("content-length", 0))).decode(errors="replace"))
        said, named = request.headers.get("authorization", ""), _NAMED.search(request.path)
        status = int(named[1]) if named else self.status or next(self._in_turn)
        self.authorizations.add(said)
        self.paths.add(request.path)
        self.answered |= {status} if said else set()
        whole = f"Wrong: {said} {said.partition(' ')[2]} at {request.path}"
        error = {"message": whole, "type": said, "code": said, "param": said}
        body = json.dumps({"error": error, "detail": whole, "reason": whole, "message": whole}).encode()
        request.send_response(status)
        for name, value in (("content-type", "application/json"), ("content-length", len(body)), ("x-echo", whole)):
            request.send_header(name, str(value))
        request.end_headers()
        request.wfile.write(body)


@contextmanager
def echoing_api() -> Iterator[EchoingApi]:
    """Run one."""
    api = EchoingApi()
    thread = threading.Thread(target=api.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.server.shutdown()
        api.server.server_close()
