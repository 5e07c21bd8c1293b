"""Failpoints: a process that is tested tells the gate of each step before and after it, and waits there for leave.

The gate lives in the test's own process. It knows every point that was passed, and kills at the one that is armed while
the process that reached it stands still.
"""

import os
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

GATE_VARIABLE = "CRASH_GATE"
"""Names the gate's socket to the processes that are tested."""
LINE_BYTES = 1000
OPEN_SECONDS = 60.0
"""A cycle that is under way ends within this."""
CYCLE = "cycle"
"""Told by the worker's parent before each cycle; the gate holds it there while a post is prepared."""


def announce(who: str, point: str) -> None:
    """Tell the gate of a point and wait for leave. A process that is killed there does not come back."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as gate:
        gate.connect(os.environ[GATE_VARIABLE])
        gate.sendall(f"{who}\t{point}\n".encode())
        gate.recv(1)


@dataclass(frozen=True, slots=True)
class Point:
    """A step of one process: ``before`` or ``after`` something."""

    who: str
    name: str


@dataclass(slots=True)
class _Armed:
    point: Point
    strike: Callable[[], None]
    struck: threading.Event = field(default_factory=threading.Event)


class Gate:
    """Listens to the processes that are tested; use it in a ``with``."""

    def __init__(self, place: Path) -> None:
        self._path = place / "gate"
        self._lock = threading.Lock()
        self._armed: _Armed | None = None
        self._open = threading.Event()
        self._open.set()
        self._idle = threading.Event()
        self.passed: list[Point] = []
        self._server = _Server(str(self._path), self._told)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """What a tested process must have in its environment."""
        return {GATE_VARIABLE: str(self._path)}

    def hold(self) -> None:
        """Let no further cycle begin, and wait until the present one has ended."""
        self._idle.clear()
        self._open.clear()
        self._idle.wait(OPEN_SECONDS)

    def release(self) -> None:
        """Let cycles begin again."""
        self._open.set()

    def arm(self, point: Point, strike: Callable[[], None]) -> threading.Event:
        """Strike when the point is reached next, once; the event tells that it was."""
        armed = _Armed(point, strike)
        with self._lock:
            self._armed = armed
        return armed.struck

    def disarm(self) -> None:
        """Strike no more."""
        with self._lock:
            self._armed = None

    @property
    def last(self) -> str:
        """The point that was passed last, in words."""
        return f"{self.passed[-1].who} {self.passed[-1].name}" if self.passed else ""

    def _told(self, line: str) -> None:
        who, _, name = line.partition("\t")
        if name == CYCLE:
            self._idle.set()
            self._open.wait()
            return
        point, doomed = Point(who, name), None
        with self._lock:
            self.passed.append(point)
            if self._armed is not None and self._armed.point == point:
                doomed, self._armed = self._armed, None
        if doomed is not None:
            doomed.strike()
            doomed.struck.set()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: str, told: Callable[[str], None]) -> None:
        self.told = told
        super().__init__(path, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A process that was killed while it waited hears no answer: nothing to tell."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.told(self.rfile.readline(LINE_BYTES).decode().rstrip("\n"))
        self.wfile.write(b"\n")
