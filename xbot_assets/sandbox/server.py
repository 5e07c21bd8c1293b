"""Puts the site, its control and the LLM server on one port, with the faults that hit every route of the site."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from xbot_assets.sandbox.llm.routes import llm_routes
from xbot_assets.sandbox.llm.usage import UsageLog
from xbot_assets.sandbox.people.audiences import Audiences
from xbot_assets.sandbox.site import Site
from xbot_assets.sandbox.web.api.graphql import graphql_routes
from xbot_assets.sandbox.web.control import Control
from xbot_assets.sandbox.web.media import Media
from xbot_assets.sandbox.web.pages import Pages

HOST = "127.0.0.1"
USAGE_FILE = "llm.sqlite3"
STOP_SECONDS = 1
"""Open connections get this long when the process is told to stop."""
OTHER_SERVERS = ("/_sandbox/", "/v1/")
UNSLOWED = ("/static/", "/profile_images/", "/profile_banners/", "/media/", "/favicon.ico")
"""Routes that ``slow_seconds`` leaves alone: a slow page is slow once, not once a picture."""


class SiteFaults:
    """Middleware: ``down`` and ``slow_seconds`` for the routes of the site, never for control or the LLM."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app, self._site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, late or not at all if a fault says so."""
        path = str(scope.get("path", ""))
        if scope["type"] == "http" and not path.startswith(OTHER_SERVERS):
            if self._site.faults.flag("down"):
                await PlainTextResponse("Over capacity", 503)(scope, receive, send)
                return
            if not path.startswith(UNSLOWED):
                await asyncio.sleep(self._site.faults.number("slow_seconds"))
        await self._app(scope, receive, send)


class DroppableProtocol(H11Protocol):
    """HTTP/1.1 whose handlers find their connection in the request's state, so that they can break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the connection where ``request.state.transport`` finds it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def application(folder: Path, token: str, rate: float | None = None, audience: Audiences = "kind") -> Starlette:
    """Return the whole sandbox over the state in ``folder``."""
    site = Site(folder, rate, audience)
    usage = UsageLog(folder / USAGE_FILE)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        usage.close()
        site.close()

    routes = [
        *Control(site, usage, token).routes(),
        *llm_routes(usage, site.faults, site.now),
        *graphql_routes(site),
        *Media(site).routes(),
        *Pages(site).routes(),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.add_middleware(SiteFaults, site=site)
    return app


def serve(folder: Path, port: int, token: str, rate: float | None = None, audience: Audiences = "kind") -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        application(folder, token, rate, audience),
        host=HOST,
        port=port,
        http=DroppableProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    # uvicorn raises the signal again after its shutdown; a stop that was asked for is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    uvicorn.Server(config).run()
