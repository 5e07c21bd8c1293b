"""An application served on loopback, as a browser needs it."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from xbot_assets.testing.patience import PATIENCE, until


@contextlib.contextmanager
def served(app: ASGIApp, http: type[asyncio.Protocol] = AutoHTTPProtocol) -> Iterator[str]:
    """Serve an application on a free loopback port; return its origin."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=http, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        until(lambda: server.started, "the server has started")
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listening.close()
