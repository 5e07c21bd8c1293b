"""Answers that do not end: blank lines to keep the connection, and bytes without number."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from xbot_assets.domain.failures import ProductError
from xbot_assets.llm import network
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets_tests.llm.model_rig import ListBooks, WriterFor

TOO_LONG = 120.0
"""Seconds after which the server gives up by itself: far beyond the time-out of the test."""
PAUSE = 0.05


class _Endless(BaseHTTPRequestHandler):
    """Says 200 and sends a piece of a body every now and then, as DeepSeek does until a model has its turn."""

    protocol_version = "HTTP/1.1"
    piece, pause = b"\n", PAUSE
    over = threading.Event()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        left = int(TOO_LONG / PAUSE)
        try:
            while left and not self.over.wait(self.pause):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(self.piece), self.piece))
                self.wfile.flush()
                left -= 1
        except OSError:
            self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def endless() -> Iterator[str]:
    """Run the server; return its address."""
    _Endless.over.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endless) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        _Endless.over.set()
        server.shutdown()
        thread.join()


def _failure(endless: str, writer_for: WriterFor, brief: PostBrief, seconds: float) -> ProductError:
    with pytest.raises(ProductError) as caught:
        writer_for(base_url=endless, timeout_seconds=seconds, attempts=1).write_posts(brief)
    return caught.value


def test_blank_lines_do_not_keep_a_request_beyond_its_time(
    endless: str, writer_for: WriterFor, brief: PostBrief, ledger: ListBooks
) -> None:
    """The time-out is for the whole answer; what the server may bill for it stands in the books."""
    assert _failure(endless, writer_for, brief, 1).code == "timeout"
    assert ledger.spent() == ledger.reserved[0].worst_case_microusd > 0


def test_a_body_without_an_end_is_not_kept(
    endless: str, writer_for: WriterFor, brief: PostBrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before its time is up."""
    monkeypatch.setattr(network, "ANSWER_BYTES_MAX", 100_000)
    monkeypatch.setattr(_Endless, "piece", b" " * 50_000)
    assert _failure(endless, writer_for, brief, TOO_LONG / 2).code == "timeout"
