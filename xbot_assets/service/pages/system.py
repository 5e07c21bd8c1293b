"""The view System: components, database, lanes over time, jobs and the language models."""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.llm.prices import Price
from xbot_assets.service.health.automations import Automations, automations
from xbot_assets.service.health.components import Components, Verdict
from xbot_assets.service.pages.now import WAIT_SECONDS
from xbot_assets.service.pages.shell import Shell
from xbot_assets.steps.model_service import model_service
from xbot_assets.steps.publishing.approval import ReviewContext
from xbot_assets.store.operations.browser_operations import LaneStep, lane_course, newest_operations, waits_by_lane
from xbot_assets.store.operations.database_figures import costliest_statements, database_figures

PAGE = "/system"
COURSE = timedelta(hours=24)
STEP = timedelta(minutes=10)
STATEMENTS_SHOWN = 10
STATEMENT_DAYS = timedelta(days=7)
OPERATIONS_SHOWN = 20
ASK_SECONDS = 5.0
"""Dagster's UI on a busy machine was seen to take 3 s; the rest of the page does not wait for it."""


def system_routes(shell: Shell, components: Components) -> list[Route]:
    """Return the view, the lanes' course, and the part about jobs."""

    async def page(request: Request) -> Response:
        verdicts = await components.seen(WAIT_SECONDS)
        return await shell.view(request, "system.html", lambda: _values(shell.review(), verdicts))

    async def lanes(_request: Request) -> Response:
        try:
            course = await asyncio.to_thread(_course, shell)
        except ProductError as failure:
            return JSONResponse({"reason": failure.reason}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse(course)

    async def jobs(request: Request) -> Response:
        return await shell.view(request, "jobs.html", lambda: {"view": "system"} | _jobs(shell))

    return [
        Route(PAGE, page, methods=["GET"]),
        Route(f"{PAGE}/lanes.json", lanes, methods=["GET"]),
        Route(f"{PAGE}/jobs", jobs, methods=["GET"]),
    ]


def _values(review: ReviewContext, verdicts: list[Verdict]) -> dict[str, Any]:
    database, real_now = review.database, system_now()
    return {
        "view": "system",
        "components": verdicts,
        "figures": database_figures(database),
        "pool": database.statistics(),
        "statements": costliest_statements(database, (real_now - STATEMENT_DAYS).date(), STATEMENTS_SHOWN),
        "statement_days": STATEMENT_DAYS.days,
        "waits": waits_by_lane(database, real_now - COURSE),
        "operations": newest_operations(database, OPERATIONS_SHOWN),
        "between": lambda start, end: (end - start).total_seconds() if start and end else None,
        **_models(review),
    }


def _models(review: ReviewContext) -> dict[str, Any]:
    settings, today = review.settings, system_now().date()
    try:
        service = model_service(settings, review.database)
        prices = service.prices.current(today)
    except PermanentFailure as failure:
        return {"prices": [], "prices_problem": failure.reason}
    uses = {"plans": settings.plan_model, "saving": settings.saving_model}

    def told(price: Price) -> dict[str, Any]:
        used = ", ".join(use for use, model in uses.items() if model == price.model)
        return {"price": price, "ends": service.end_of(price), "used": used}

    rows = [told(price) for price in prices]
    return {"prices": sorted(rows, key=lambda row: not row["used"]), "prices_problem": None}


def _course(shell: Shell) -> dict[str, Any]:
    """Return the lanes' course as columns of one time axis, as uPlot draws them; real time."""
    real_now = system_now()
    steps = lane_course(shell.connections.database(), real_now - COURSE, STEP)
    axis = sorted({step.at for step in steps})
    return {
        "shown": [int(at.timestamp()) for at in (real_now - COURSE, real_now)],
        "at": [int(at.timestamp()) for at in axis],
        "lanes": {lane.value: _columns([step for step in steps if step.lane == lane], axis) for lane in Lane},
    }


def _columns(steps: list[LaneStep], axis: list[datetime]) -> dict[str, list[float | None]]:
    by_time = {step.at: step for step in steps}
    at_times = [by_time.get(at) for at in axis]
    return {
        "waited": [round(step.waited_seconds, 2) if step else None for step in at_times],
        "worked": [round(step.worked_seconds, 2) if step else None for step in at_times],
    }


def _jobs(shell: Shell) -> dict[str, Any]:
    settings = shell.connections.settings()
    nothing = Automations([], [])
    if settings.web_url is None:
        return {"jobs": nothing, "jobs_problem": "Dagster was not started: only the parts run."}
    token = settings.service_token.get_secret_value() if settings.service_token else None
    try:
        return {"jobs": automations(settings.web_url, token, ASK_SECONDS), "jobs_problem": None}
    except ProductError as failure:
        return {"jobs": nothing, "jobs_problem": f"{failure.reason} {failure.remedy}"}
