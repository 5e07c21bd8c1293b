"""The service's web application: live, ready, the five views, the same data as JSON, and the stream of changes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
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
from xbot_assets.service.pages.calendar.page import calendar_routes
from xbot_assets.service.pages.calendar.post import PostPage
from xbot_assets.service.pages.calendar.write import WritePage
from xbot_assets.service.pages.inbox.page import inbox_routes
from xbot_assets.service.pages.insights import insight_routes
from xbot_assets.service.pages.kept_report import KeptReport
from xbot_assets.service.pages.live import Live
from xbot_assets.service.pages.login import LOGIN_PATH, OPENED_PATH, login_routes
from xbot_assets.service.pages.now import now_routes
from xbot_assets.service.pages.plots import plot_routes
from xbot_assets.service.pages.shell import Shell, templates
from xbot_assets.service.pages.system import system_routes
from xbot_assets.service.watch.watcher import Watcher

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


def build_app(connections: Connections, registered: list[Component] | None = None) -> Starlette:
    """Assemble the application; ``registered`` replaces the product's components in a test."""
    components = Components(product_components(connections) if registered is None else registered)
    guard = Guard(connections.settings)
    kept = KeptReport()
    live = Live(connections, components, guard, kept)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        alerting = asyncio.create_task(Alerter(connections, components.check).run())
        watching = asyncio.create_task(Watcher(connections, components.check).run())
        yield
        live.close()
        kept.close()
        for task in (alerting, watching):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        components.close()
        await asyncio.to_thread(connections.close)

    routes = [
        *_health_routes(components),
        *_page_routes(connections, guard, components, kept),
        *live.routes(),
        *figure_routes(connections, components.check),
    ]
    middleware = [
        Middleware(Headers, headers=SECURITY_HEADERS),
        Middleware(OwnPages, names=lambda: names_of(connections.settings())),
        Middleware(LoginWall, guard=guard, way_in=lambda _connection: LOGIN_PATH, open_paths=OPEN_PATHS),
    ]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


def _health_routes(components: Components) -> list[BaseRoute]:
    async def alive(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        verdicts = await components.check()
        good = is_ready(verdicts)
        body = {"ready": good, "components": [verdict.model_dump(mode="json") for verdict in verdicts]}
        return JSONResponse(body, HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE)

    return [Route("/health/live", alive), Route("/health/ready", ready)]


def _page_routes(connections: Connections, guard: Guard, components: Components, kept: KeptReport) -> list[BaseRoute]:
    shell = Shell(connections, guard)
    post_page = PostPage(shell)
    return [
        *now_routes(shell, components),
        *inbox_routes(shell, {"post": post_page.refused}),
        *post_page.routes(),
        *calendar_routes(shell),
        *WritePage(shell).routes(),
        *insight_routes(shell, kept),
        *system_routes(shell, components),
        *login_routes(connections.settings, guard, templates),
        *plot_routes(connections),
        Mount("/static", StaticFiles(packages=[("xbot_assets.service", "static")])),
    ]
