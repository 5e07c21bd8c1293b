"""One sandbox and one host for a module; each test has the sandbox without faults."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets_tests.browser.host_rig import CONTROL_TOKEN, HostProcess, browser_host, ready


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox and its control endpoint."""

    url: str

    def control(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Call the control endpoint."""
        headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
        answer = httpx.request(method, f"{self.url}/_sandbox/{path}", json=body, headers=headers, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def graphql(self, operation: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
        """Ask X's own data as somebody who is not logged in."""
        asked = {"variables": json.dumps(variables)}
        answer = httpx.get(f"{self.url}/i/api/graphql/any/{operation}", params=asked, trust_env=False)
        return answer.raise_for_status().json()

    def fault(self, **faults: object) -> None:
        """Make these faults the whole set."""
        self.control("PUT", "faults", faults)

    def posted(self, text: str) -> list[str]:
        """Return the ids of the posts with this text, from the site's own ledger."""
        return [post["id"] for post in self.control("GET", "ledger")["posts"] if post["text"] == text]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run one sandbox for the module."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = ["--data", str(tmp_path_factory.mktemp("sandbox")), "--port", str(port), "--token", CONTROL_TOKEN]
    log = tmp_path_factory.mktemp("log") / "sandbox.log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "xbot_assets.sandbox", *arguments]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            site = Sandbox(f"http://127.0.0.1:{port}")
            until(lambda: process.poll() is not None or _answers(site), "the sandbox answers")
            assert process.poll() is None, log.read_text()
            yield site
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _answers(site: Sandbox) -> bool:
    try:
        return httpx.get(f"{site.url}/_sandbox/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def host(running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """Run one host for the module."""
    with browser_host(tmp_path_factory.mktemp("home"), running.url) as own:
        ready(own)
        yield own


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """Return the sandbox without faults, and leave it so."""
    running.fault()
    yield running
    running.fault()
