"""A language-model API that refuses everything and repeats all it was sent, as some providers do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class EchoingApi:
    """The server; ``status`` is what it answers with."""

    def __init__(self) -> None:
        self.status = 401
        self.calls = 0
        self.authorizations: set[str] = set()
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                api.answer(self)

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *_words: object) -> None:
                """Be quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.server_address[1])

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Refuse, with every header in the message, the body, the type and a header of the answer."""
        request.rfile.read(int(request.headers.get("content-length", 0)))
        self.calls += 1
        said = request.headers.get("authorization", "")
        self.authorizations.add(said)
        error = {"message": f"Wrong: {said} {said.partition(' ')[2]}", "type": said, "code": said, "param": said}
        body = json.dumps({"error": error}).encode()
        request.send_response(self.status)
        for name, value in (("content-type", "application/json"), ("content-length", len(body)), ("x-echo", said)):
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
