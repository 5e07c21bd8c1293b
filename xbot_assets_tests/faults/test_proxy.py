"""The proxy that makes ways bad: what goes through it comes out, and bad ways are as bad as they are said to be."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.proxy import CLEAR, Proxy, Way, running_proxy

DELAY = 0.2
TEXT = b"x" * 50_000


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        while piece := connection.recv(4096):
            connection.sendall(piece)


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    """A proxy before it."""
    with running_proxy("127.0.0.1", echo) as running:
        yield running


def reach(proxy: Proxy) -> socket.socket:
    """Connect through the proxy."""
    return socket.create_connection(("127.0.0.1", proxy.port), PATIENCE)


def told(connection: socket.socket, text: bytes) -> bytes:
    """Send a text and return what comes back for it."""
    connection.sendall(text)
    answer = b""
    while len(answer) < len(text) and (piece := connection.recv(65_536)):
        answer += piece
    return answer


def test_a_clear_way_carries_everything_both_ways(proxy: Proxy) -> None:
    """And its end: a half that is closed is closed on the other side."""
    with reach(proxy) as connection:
        assert told(connection, TEXT) == TEXT
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


@pytest.mark.parametrize("way", [Way(delay_seconds=DELAY), Way(bytes_per_second=10 / DELAY)])
def test_a_slow_way_takes_at_least_its_time_in_each_direction(proxy: Proxy, way: Way) -> None:
    """For a piece as small as ten bytes; a connection that was open before is slow, too."""
    with reach(proxy) as connection:
        assert told(connection, b"0123456789") == b"0123456789"
        proxy.become(way)
        began = time.monotonic()
        assert told(connection, b"0123456789") == b"0123456789"
        assert time.monotonic() - began >= 2 * DELAY


def test_what_is_held_comes_when_the_way_is_clear_again(proxy: Proxy) -> None:
    """Nothing is lost, and nothing comes before."""
    with reach(proxy) as connection:
        assert told(connection, b"a") == b"a"
        proxy.become(Way(holds=True))
        connection.sendall(b"b")
        connection.settimeout(DELAY)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        proxy.become(CLEAR)
        connection.settimeout(PATIENCE)
        assert connection.recv(1) == b"b"


def test_a_cut_resets_what_is_open_and_what_is_new_until_it_is_over(proxy: Proxy) -> None:
    """As a server that died does."""
    with reach(proxy) as connection:
        assert told(connection, b"a") == b"a"
        proxy.become(Way(cut=True))
        with pytest.raises(ConnectionResetError):
            told(connection, b"b")
    until(lambda: _is_refused(proxy), "a new connection is refused")
    proxy.become(CLEAR)
    with reach(proxy) as connection:
        assert told(connection, b"c") == b"c"


def _is_refused(proxy: Proxy) -> bool:
    try:
        with reach(proxy) as connection:
            return told(connection, b"x") == b""
    except OSError:
        return True
