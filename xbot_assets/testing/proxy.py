"""A TCP proxy of our own on loopback that is put between a part of ours and a server, and makes the way there bad.

It delays, throttles, holds back or cuts what goes through it, for connections that are open and for new ones, from one
moment to the next.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CHUNK = 16_384
CONNECT_SECONDS = 5.0
_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing sends a reset, as a server does that died."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the way is.

    Attributes:
        delay_seconds: each piece that goes through waits so long, in both directions.
        bytes_per_second: no more goes through each way of a connection; 0 is no limit.
        holds: nothing goes through, and nothing is closed: a server that hangs, or a network that swallows.
        cut: what is open is reset, and what is new at once: a server that is not there.
    """

    delay_seconds: float = 0.0
    bytes_per_second: float = 0.0
    holds: bool = False
    cut: bool = False


CLEAR = Way()


class Proxy:
    """One way to one server. Set it with :meth:`become`; safe to be used by several threads."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Condition()
        self._way = CLEAR
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    @property
    def port(self) -> int:
        """The port on loopback that stands for the server's."""
        port: int = self._listener.getsockname()[1]
        return port

    def become(self, way: Way) -> None:
        """Let the way be another from now on."""
        with self._lock:
            self._way = way
            self._lock.notify_all()
            doomed = list(self._open) if way.cut else []
        for one in doomed:
            _reset(one)

    def close(self) -> None:
        """End it and every connection through it."""
        self._ended.set()
        self.become(Way(cut=True))
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True, name="proxy").start()

    def _carry(self, near: socket.socket) -> None:
        far = self._reach()
        if far is None:
            _reset(near)
            return
        for one in (near, far):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open |= {near, far}
        back = threading.Thread(target=self._pump, args=(far, near), daemon=True, name="proxy")
        back.start()
        self._pump(near, far)
        back.join()
        with self._lock:
            self._open -= {near, far}
        for one in (near, far):
            one.close()

    def _reach(self) -> socket.socket | None:
        if self._way.cut:
            return None
        try:
            return socket.create_connection(self._target, CONNECT_SECONDS)
        except OSError:
            return None

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        source.settimeout(None)
        try:
            while piece := source.recv(CHUNK):
                self._wait_for(len(piece))
                sink.sendall(piece)
            if not self._way.cut:
                sink.shutdown(socket.SHUT_WR)
                return
        except OSError:
            pass  # one end is gone without a word, so the other learns of it in the same way
        _reset(sink)
        _reset(source)

    def _wait_for(self, size: int) -> None:
        with self._lock:
            self._lock.wait_for(lambda: not self._way.holds)
            way = self._way
        seconds = way.delay_seconds + (size / way.bytes_per_second if way.bytes_per_second else 0.0)
        if seconds:
            self._ended.wait(seconds)


def _reset(one: socket.socket) -> None:
    """Have a connection end with a reset. Another thread may wait in it, which ending our reading wakes."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        one.shutdown(socket.SHUT_RD)
    with contextlib.suppress(OSError):
        one.close()


@contextmanager
def running_proxy(host: str, port: int) -> Iterator[Proxy]:
    """Run one before a server until the block ends."""
    proxy = Proxy((host, port))
    try:
        yield proxy
    finally:
        proxy.close()
