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
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from xbot_assets.door.guard import Guard
from xbot_assets.door.headers import POLICY, Headers
from xbot_assets.door.origins import OwnPages, names_of
from xbot_assets.door.wall import LoginWall
from xbot_assets.service.alerter import Alerter
from xbot_assets.service.figures import figure_routes
from xbot_assets.service.health.components import Component, Components, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.pings import components as product_components
from xbot_assets.service.pages.approvals import approval_routes
from xbot_assets.service.pages.login import LOGIN_PATH, OPENED_PATH, login_routes
from xbot_assets.service.pages.plots import plot_routes
from xbot_assets.service.pages.status import Status, collect

SECURITY_HEADERS = {
    POLICY: "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser would hide the origin of our own forms from us too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OPEN_PATHS = ("/health/live", "/static/", LOGIN_PATH, OPENED_PATH)
"""What anybody may ask for: whether the process lives, the looks of a page, and the ways in."""
REFRESH_SECONDS = 5
"""The page loads itself again this often."""


def build_app(connections: Connections, registered: list[Component] | None = None) -> Starlette:
    """Assemble the application; ``registered`` replaces the product's components in a test."""
    components = Components(product_components(connections) if registered is None else registered)
    guard = Guard(connections.settings)

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
        *login_routes(connections.settings, guard, _templates),
        *plot_routes(connections),
        *figure_routes(connections, components.check),
        Mount("/static", StaticFiles(packages=[("xbot_assets.service", "static")])),
    ]
    middleware = [
        Middleware(Headers, headers=SECURITY_HEADERS),
        Middleware(OwnPages, names=lambda: names_of(connections.settings())),
        Middleware(LoginWall, guard=guard, way_in=lambda _connection: LOGIN_PATH, open_paths=OPEN_PATHS),
    ]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


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
