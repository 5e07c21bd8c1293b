"""The service's web application: live, ready, the status page and the same data as JSON, and the approval page."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from http import HTTPStatus

import jinja2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xbot_assets.service.alerter import Alerter
from xbot_assets.service.health.components import Component, Components, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.pings import components as product_components
from xbot_assets.service.pages.approvals import approval_routes
from xbot_assets.service.pages.guard import Guard, LoginWall
from xbot_assets.service.pages.plots import plot_routes
from xbot_assets.service.pages.status import Status, collect

HOSTS = ["127.0.0.1", "localhost"]
"""The names this page may be asked for by, besides those the owner set; another name is a web page trying to reach
into this machine."""
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser would hide the origin of our own forms from us too.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
REFRESH_SECONDS = 5
"""The page loads itself again this often."""


def build_app(connections: Connections, registered: list[Component] | None = None) -> Starlette:
    """Assemble the application; ``registered`` replaces the product's components in a test."""
    components = Components(product_components(connections) if registered is None else registered)
    guard = Guard(lambda: connections.settings().service_token)

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        verdicts = await components.check()
        good = is_ready(verdicts)
        body = {"ready": good, "components": [verdict.model_dump(mode="json") for verdict in verdicts]}
        return JSONResponse(body, HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE)

    async def status() -> Status:
        return await asyncio.to_thread(collect, connections, await components.check())

    async def status_json(_request: Request) -> Response:
        return JSONResponse((await status()).model_dump(mode="json"))

    async def page(_request: Request) -> Response:
        return HTMLResponse(render(await status()))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        alerting = asyncio.create_task(Alerter(connections, components.check).run())
        yield
        alerting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await alerting
        components.close()
        await asyncio.to_thread(connections.close)

    routes = [
        Route("/", page),
        Route("/api/status.json", status_json),
        Route("/health/live", live),
        Route("/health/ready", ready),
        *approval_routes(connections, guard, _templates),
        *plot_routes(connections),
        Mount("/static", StaticFiles(packages=[("xbot_assets.service", "static")])),
    ]
    hosts = [*HOSTS, *connections.settings().hosts]
    middleware = [
        Middleware(SecurityHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
        Middleware(LoginWall, guard=guard),
    ]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


class SecurityHeaders:
    """Adds :data:`SECURITY_HEADERS` to every answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        extra = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, receive, with_headers)


def render(status: Status) -> str:
    """Return the status page; every value is escaped."""
    return _templates().get_template("status.html").render(status=status, refresh=REFRESH_SECONDS)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("xbot_assets.service"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    return environment


def _moment(value: datetime | None) -> str:
    return value.strftime("%d %b %H:%M:%S") if value else "-"
