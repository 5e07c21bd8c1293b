"""Runs the sandbox's language-model routes under uvicorn on a free port, with faults a test can script."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from xbot_assets.sandbox.llm.routes import llm_routes
from xbot_assets.sandbox.llm.usage import UsageLog
from xbot_assets.sandbox.server import DroppableProtocol
from xbot_assets.testing.patience import until


@dataclass
class Faults:
    """The active faults; ``script`` holds one set for each of the next requests, after which ``active`` holds."""

    active: dict[str, object] = field(default_factory=dict)
    script: list[dict[str, object]] = field(default_factory=list)
    _current: dict[str, object] = field(default_factory=dict)

    def get(self, name: str) -> object | None:
        """Return a fault's value; the server reads ``llm_status`` first for each request."""
        if name == "llm_status":
            self._current = self.script.pop(0) if self.script else self.active
        return self._current.get(name)


@dataclass(frozen=True)
class LlmServer:
    """A running server: its address, its books and its switches."""

    base_url: str
    usage: UsageLog
    faults: Faults


@contextlib.contextmanager
def running_llm_server(folder: Path) -> Iterator[LlmServer]:
    """Serve until the block ends."""
    usage, faults = UsageLog(folder / "llm.sqlite"), Faults()
    app = Starlette(routes=llm_routes(usage, faults, lambda: datetime.now(UTC)))
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none", http=DroppableProtocol)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            _wait_until_started(server)
            yield LlmServer(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", usage, faults)
        finally:
            server.should_exit = True
            thread.join()
            usage.close()


def _wait_until_started(server: uvicorn.Server) -> None:
    until(lambda: server.started, "the server has started")
