"""Runs the ``xbot`` command as a person would, in a data directory of the test's own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xbot_assets.runtime.embedded.postgres import LOCATION_FILE
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.testing.patience import PATIENCE, until

COMMAND = [sys.executable, "-m", "xbot_assets.cli"]


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment in which only these settings are set."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("XBOT_", "OPENAI_"))}
    return bare | {"XBOT_HOME": str(home)} | {f"XBOT_{name.upper()}": value for name, value in settings.items()}


def xbot(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(home, **settings),
        cwd=PACKAGE_ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Stack:
    """A running ``xbot up``."""

    def __init__(self, home: Path, *words: str, **settings: str) -> None:
        self.home = home
        self.log = home.parent / "up.log"
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                [*COMMAND, "up", *words],
                env=environment(home, **settings),
                cwd=PACKAGE_ROOT,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """Return everything it has printed."""
        return self.log.read_text()

    def wait_until_up(self) -> None:
        """Return when the addresses are printed; fail with what was printed instead."""
        until(lambda: self._is_up() or self.process.poll() is not None, "the stack is up")
        assert self._is_up(), self.said()

    def _is_up(self) -> bool:
        return "Ctrl-C stops everything" in self.said()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def running(home: Path, *words: str, **settings: str) -> Iterator[Stack]:
    """Run ``xbot up`` and wait until it is up; it is stopped at the end in any case."""
    stack = Stack(home, *words, **settings)
    try:
        stack.wait_until_up()
        yield stack
    finally:
        if stack.process.poll() is None:
            stack.stop(signal.SIGTERM)


def remove_database(home: Path) -> None:
    """Delete the embedded database's files: run as root, they are not below the data directory."""
    location = home / LOCATION_FILE
    if location.is_file():
        data = Path(location.read_text().strip())
        shutil.rmtree(data, ignore_errors=True)
        if data.parent != home:
            data.parent.rmdir()
