"""Free ports for the stack, kept from start to start so that bookmarks go on working."""

import contextlib
import json
import random
import socket
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.regular_files import read_json
from xbot_assets.runtime.machine.files import write_private

PORTS_FILE = "ports.json"
PORT_RANGE = range(20_000, 30_000)
"""Below the ranges from which Linux (32768) and macOS (49152) take the ports of outgoing connections, so that
a remembered port is not found taken by a passing connection."""
PICKS_MAX = 200
"""So many ports are tried before giving up."""


class PortBook:
    """Chooses a port for each name and remembers it in ``home/ports.json``."""

    def __init__(self, home: Path) -> None:
        self._file = home / PORTS_FILE
        self._known = _read(self._file)
        self._taken: set[int] = set()

    def port_for(self, name: str, wanted: int | None = None) -> int:
        """Return ``wanted``, or the remembered port when it is still free, or a new free one.

        Raises:
            PermanentFailure: code ``port_taken`` when ``wanted`` is in use or was given before, or nothing is free.
        """
        if wanted is not None:
            if wanted in self._taken:
                raise _given_twice(name, wanted)
            if not is_free(wanted):
                raise _taken_failure(name, wanted)
            return self._take(name, wanted)
        remembered = self._known.get(name, 0)
        if remembered in PORT_RANGE and remembered not in self._taken and is_free(remembered):
            return self._take(name, remembered)
        return self._take(name, self._pick(name))

    def _pick(self, name: str) -> int:
        for port in random.sample(PORT_RANGE, PICKS_MAX):
            if port not in self._taken and port not in self._known.values() and is_free(port):
                return port
        msg = f"No free port was found for the {name}."
        raise PermanentFailure(msg, code=FailureCode.PORT_TAKEN, remedy="Stop some of the programs that listen here.")

    def _take(self, name: str, port: int) -> int:
        self._taken.add(port)
        self._known[name] = port
        write_private(self._file, json.dumps(self._known, indent=2) + "\n")
        return port


def is_free(port: int) -> bool:
    """Say whether a program could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # What servers do too: a connection that is only closing down does not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _taken_failure(name: str, port: int) -> PermanentFailure:
    setting = f"XBOT_{name.upper()}_PORT"
    return PermanentFailure(
        f"Port {port}, asked for by {setting}, is taken by another program.",
        code=FailureCode.PORT_TAKEN,
        remedy=f"Stop that program, or change {setting}, or leave it empty to let a free port be chosen.",
    )


def _given_twice(name: str, port: int) -> PermanentFailure:
    setting = f"XBOT_{name.upper()}_PORT"
    return PermanentFailure(
        f"Port {port}, asked for by {setting}, is already used by another part of this stack.",
        code=FailureCode.PORT_TAKEN,
        remedy=f"Give each part a port of its own, or leave {setting} empty to let a free port be chosen.",
    )


def _read(file: Path) -> dict[str, int]:
    """Read the book; a damaged one is only forgotten."""
    with contextlib.suppress(OSError, ValueError):
        loaded = read_json(file)
        if isinstance(loaded, dict):
            return {name: port for name, port in loaded.items() if isinstance(port, int)}
    return {}
