"""What a caller is told when the connection to the host breaks, at each moment it can break."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

import pytest

from xbot_assets.browser.client import BrowserClient
from xbot_assets.browser.wire import OperationAnswer, OperationFailure, WireOperation
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, PermanentFailure, ProductError, TransientFailure, UnknownOutcome
from xbot_assets.domain.lanes import Lane
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.operations import CheckSession, Operation, Publish, ReadProfile


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
        client.run(Publish(text="hello"), lane=Lane.CRITICAL, deadline_seconds=PATIENCE)
    assert caught.value.code == "browser_host_down"
    assert caught.value.remedy


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", _http("500 Oops", "{}")])
def test_a_connection_lost_during_a_publish_leaves_the_outcome_unknown(reply: bytes) -> None:
    """The click may have happened; only a look at X can tell."""
    with _host(reply) as url, BrowserClient(url, "t") as client, pytest.raises(UnknownOutcome):
        client.run(Publish(text="hello"), lane=Lane.CRITICAL, deadline_seconds=PATIENCE)


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", _http("500 Oops", "{}")])
def test_a_connection_lost_during_a_read_or_a_shadow_publish_is_transient(reply: bytes) -> None:
    """Neither can have changed anything on X."""
    with _host(reply) as url, BrowserClient(url, "t") as client:
        with pytest.raises(TransientFailure):
            client.run(ReadProfile(handle="ann"), lane=Lane.HIGH, deadline_seconds=PATIENCE)
        with pytest.raises(TransientFailure):
            client.run(Publish(text="hello", submit=False), lane=Lane.CRITICAL, deadline_seconds=PATIENCE)


def test_a_refused_token_is_permanent() -> None:
    """Trying again with the same token gives the same answer, and nothing was done."""
    with (
        _host(_http("401 Unauthorized", "{}")) as url,
        BrowserClient(url, "t") as client,
        pytest.raises(PermanentFailure) as caught,
    ):
        client.run(Publish(text="hello"), lane=Lane.CRITICAL, deadline_seconds=PATIENCE)
    assert caught.value.code == "browser_host_refused"


def test_every_operation_is_known_on_the_wire_and_names_its_answer() -> None:
    """An operation that the host cannot carry out would be refused only when it is sent."""
    on_the_wire = get_args(get_args(WireOperation)[0])
    declared = [cls for answered in Operation.__subclasses__() for cls in answered.__subclasses__()]
    assert set(on_the_wire) == set(declared)
    assert {cls.__name__: cls.answer_type().__name__ for cls in on_the_wire} == {
        "Publish": "Published",
        "ReadPosts": "PostsRead",
        "ReadProfile": "ProfileRead",
        "Search": "TimelineRead",
        "ReadOwnTimeline": "OwnTimelineRead",
        "ReadTimeline": "TimelineRead",
        "ReadReplies": "TimelineRead",
        "ReadNotifications": "NotificationsRead",
        "ReadTrends": "TrendsRead",
        "CheckSession": "SessionChecked",
    }


@pytest.mark.parametrize("kind", list(FailureKind))
def test_a_failure_crosses_the_process_boundary_unchanged(kind: FailureKind) -> None:
    """Kind, code, reason, remedy and wait are what the host said."""
    failure = OperationFailure(kind=kind, code=FailureCode.NO_SLOT, reason="r", remedy="do", retry_after_seconds=3)
    now = system_now()
    answer = OperationAnswer(slot=1, started_at=now, ended_at=now, failure=failure).model_dump_json()
    with (
        _host(_http("200 OK", answer)) as url,
        BrowserClient(url, "t") as client,
        pytest.raises(ProductError) as caught,
    ):
        client.run(CheckSession(), lane=Lane.LOW, deadline_seconds=5)
    error = caught.value
    assert (error.kind, error.code, error.reason, error.remedy) == (kind, "no_slot", "r", "do")
    assert error.retry_after_seconds == 3
