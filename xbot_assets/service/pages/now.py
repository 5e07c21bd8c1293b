"""The view Now: is it well, what comes next, what happened last, and what needs a person."""

import asyncio
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xbot_assets.domain.alerts.catalogue import entry_of
from xbot_assets.service.health.components import Components
from xbot_assets.service.pages.inbox.alerts import ends_by_person
from xbot_assets.service.pages.shell import Shell, waiting_in
from xbot_assets.service.pages.status import Status, collect
from xbot_assets.store.alerts import Alert

PAGE = "/"
WAIT_SECONDS = 0.1
"""The page waits so long for a part's answer, and then shows what the part said before."""


def now_routes(shell: Shell, components: Components) -> list[Route]:
    """Return the view, and the same as JSON."""

    async def page(request: Request) -> Response:
        verdicts = await components.seen(WAIT_SECONDS)

        def read() -> dict[str, Any]:
            return _values(collect(shell.connections, verdicts))

        return await shell.view(request, "now.html", read, needs_database=False)

    async def as_json(_request: Request) -> Response:
        status = await asyncio.to_thread(collect, shell.connections, await components.check())
        return JSONResponse(status.model_dump(mode="json"))

    return [Route(PAGE, page), Route("/api/status.json", as_json)]


def _values(status: Status) -> dict[str, Any]:
    product = status.product
    alerts = [_told(alert) for alert in product.alerts] if product else []
    return {
        "view": "now",
        "waiting": waiting_in(product.queue, product.replies_to_answer) if product else 0,
        "status": status,
        "product": product,
        "standing": product.standing if product else None,
        "alerts": alerts,
        "failed": [part for part in status.components if part.state == "failed"],
        "well": status.ready and product is not None and not (product.holds or alerts),
    }


def _told(alert: Alert) -> dict[str, Any]:
    entry = entry_of(alert.key)
    return asdict(alert) | {"by_person": ends_by_person(alert), "ends": entry.ends if entry else ""}
