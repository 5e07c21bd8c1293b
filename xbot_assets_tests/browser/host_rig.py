"""Starts the real browser host as its own process, and looks at the processes below it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.browser.client import BrowserClient
from xbot_assets.browser.host.server import LISTENING
from xbot_assets.domain.lanes import Lane
from xbot_assets.runtime.machine.accounts import BROWSER_ACCOUNT, service_account
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.processes import asked, living
from xbot_assets.x.operations import AnswerT, Operation

TOKEN = "test-token"  # noqa: S105 - the test's own
CONTROL_TOKEN = "t"  # noqa: S105 - the sandbox of a test
HANDLE = "owner"
OPERATION_SECONDS = 60.0
"""The deadline of an operation that ends by itself."""


class HostProcess:
    """A running browser host and what it wrote."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        until(lambda: bool(self.url) or process.poll() is not None, "the host listens")

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(self.process.stderr)

    @property
    def log(self) -> str:
        """Return everything it has logged."""
        return "".join(self.lines)

    @property
    def url(self) -> str:
        """Return the address it logged, or nothing yet."""
        match = re.search(rf"{LISTENING} (\S+)", self.log)
        return match[1] if match else ""

    def health(self) -> httpx.Response:
        """Ask for its health."""
        return httpx.get(f"{self.url}/health", timeout=PATIENCE, trust_env=False)

    def run(self, operation: Operation[AnswerT], seconds: float = OPERATION_SECONDS) -> AnswerT:
        """Carry out one operation through the real client."""
        with BrowserClient(self.url, TOKEN) as client:
            return client.run(operation, lane=Lane.HIGH, deadline_seconds=seconds)

    def below(self) -> list[psutil.Process]:
        """Return every process below the host."""
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def _below_where(self, wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
        processes = []
        for process in self.below():
            with suppress(psutil.Error):  # it may end while it is looked at
                if wanted(process):
                    processes.append(process)
        return processes

    def chromium(self) -> psutil.Process:
        """Return Chromium's main process, not the script that some systems start it with; wait until it is there."""
        processes: list[psutil.Process] = []

        def look() -> bool:
            processes[:] = self._below_where(_is_chromium)
            return bool(processes)

        until(look, "there is a Chromium")
        return processes[0]

    def renderers(self) -> list[psutil.Process]:
        """Return Chromium's page processes."""
        return self._below_where(lambda process: "--type=renderer" in process.cmdline())

    def driver(self) -> psutil.Process:
        """Return Playwright's driver, above Chromium."""
        top = self.chromium()
        while top.ppid() != self.process.pid:
            top = top.parent()
        return top

    def end(self) -> None:
        """Stop it and whatever it left."""
        below = self.below() if self.process.poll() is None else []
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        asked(living(below), lambda process: process.kill())
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()


def _is_chromium(process: psutil.Process) -> bool:
    return "--remote-debugging-pipe" in process.cmdline() and not Path(process.exe()).name.endswith("sh")


def gone(processes: list[psutil.Process]) -> bool:
    """Say whether all have ended; one that waits to be reaped by a careless init counts as ended."""
    return not living(processes)


def as_its_account() -> tuple[str, ...]:
    """Return the host's option for the account that root keeps for Chromium, as the stack gives it."""
    account = service_account(BROWSER_ACCOUNT)
    return () if account is None else ("--run-as", f"{account.uid}:{account.gid}")


@contextmanager
def browser_host(
    home: Path, target: str, *, arguments: tuple[str, ...] = (), extra: Mapping[str, str] | None = None
) -> Iterator[HostProcess]:
    """Run a host against ``target`` until the test is done."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("XBOT_")} | {
        "XBOT_HOME": str(home),
        "XBOT_HANDLE": HANDLE,
        "XBOT_BROWSER_TOKEN": TOKEN,
        "XBOT_SANDBOX_TOKEN": CONTROL_TOKEN,
        "XBOT_TARGET_URL": target,
    }
    command = [sys.executable, "-m", "xbot_assets.browser.host.server", "--port", "0", *(arguments or as_its_account())]
    process = subprocess.Popen(command, env=env | dict(extra or {}), stderr=subprocess.PIPE, text=True)
    host = HostProcess(process)
    try:
        yield host
    finally:
        host.end()


def ready(host: HostProcess) -> None:
    """Wait until the host has a Chromium."""
    host.chromium()
    until(lambda: host.health().status_code == httpx.codes.OK, "Chromium runs")
