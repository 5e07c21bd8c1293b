"""What a caller is told when the connection to the host breaks, at each moment it can break."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from xbot_assets.browser.client import BrowserClient, result_of
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import FailureKind, PermanentFailure, ProductError, TransientFailure, UnknownOutcome
from xbot_assets.domain.lanes import Lane
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.operations import (
    CheckSession,
    OperationAnswer,
    OperationFailure,
    ProfileRead,
    Publish,
    Published,
    ReadProfile,
    SessionChecked,
)


@contextmanager
def _host(reply: bytes) -> Iterator[str]:
    """Listen, take each request whole, send ``reply`` and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, reply))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket, reply: bytes) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            received = b""
            while b'"deadline_seconds"' not in received:
                received += connection.recv(65536)
            connection.sendall(reply)


def _http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def test_a_host_that_is_not_there_is_transient_even_for_a_publish() -> None:
    """Nothing was sent, so nothing can have been posted."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with BrowserClient(f"http://127.0.0.1:{port}", "t") as client, pytest.raises(TransientFailure) as caught:
        client.run(Publish(text="hello"), Published, lane=Lane.CRITICAL, deadline_seconds=PATIENCE)
    assert caught.value.code == "browser_host_down"
    assert caught.value.remedy


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", _http("500 Oops", "{}")])
def test_a_connection_lost_during_a_publish_leaves_the_outcome_unknown(reply: bytes) -> None:
    """The click may have happened; only a look at X can tell."""
    with _host(reply) as url, BrowserClient(url, "t") as client, pytest.raises(UnknownOutcome):
        client.run(Publish(text="hello"), Published, lane=Lane.CRITICAL, deadline_seconds=PATIENCE)


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", _http("500 Oops", "{}")])
def test_a_connection_lost_during_a_read_or_a_shadow_publish_is_transient(reply: bytes) -> None:
    """Neither can have changed anything on X."""
    with _host(reply) as url, BrowserClient(url, "t") as client:
        with pytest.raises(TransientFailure):
            client.run(ReadProfile(handle="ann"), ProfileRead, lane=Lane.HIGH, deadline_seconds=PATIENCE)
        with pytest.raises(TransientFailure):
            client.run(Publish(text="hello", submit=False), Published, lane=Lane.CRITICAL, deadline_seconds=PATIENCE)


def test_a_refused_token_is_permanent() -> None:
    """Trying again with the same token gives the same answer, and nothing was done."""
    with (
        _host(_http("401 Unauthorized", "{}")) as url,
        BrowserClient(url, "t") as client,
        pytest.raises(PermanentFailure) as caught,
    ):
        client.run(Publish(text="hello"), Published, lane=Lane.CRITICAL, deadline_seconds=PATIENCE)
    assert caught.value.code == "browser_host_refused"


def test_the_wrong_result_type_is_refused_before_anything_is_sent() -> None:
    """A caller's mistake must not cost a post."""
    with BrowserClient("http://127.0.0.1:1", "t") as client, pytest.raises(TypeError, match="SessionChecked"):
        client.run(CheckSession(), Published, lane=Lane.LOW, deadline_seconds=PATIENCE)


@pytest.mark.parametrize("kind", list(FailureKind))
def test_a_failure_crosses_the_process_boundary_unchanged(kind: FailureKind) -> None:
    """Kind, code, reason, remedy and wait are what the host said."""
    failure = OperationFailure(kind=kind, code="c", reason="r", remedy="do", retry_after_seconds=3)
    now = system_now()
    with pytest.raises(ProductError) as caught:
        result_of(OperationAnswer(slot=1, started_at=now, ended_at=now, failure=failure), SessionChecked)
    error = caught.value
    assert (error.kind, error.code, error.reason, error.remedy) == (kind, "c", "r", "do")
    assert error.retry_after_seconds == 3
