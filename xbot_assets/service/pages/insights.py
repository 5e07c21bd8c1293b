"""The view Insights: what was learned, who chooses now, and what proves it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xbot_assets.domain.failures import ProductError
from xbot_assets.service.pages.kept_report import KeptReport
from xbot_assets.service.pages.shell import Shell
from xbot_assets.service.pages.status import KINDS
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.publishing.approval import ReviewContext
from xbot_assets.steps.signals.showing import INSIGHT_TITLES, TITLES, post_addresses, signals_now
from xbot_assets.store.learning.comparisons import challenger
from xbot_assets.store.learning.models import ChampionEvent, ModelKind, ModelVersion, champion_events, model_versions

PAGE = "/insights"
EVENTS_SHOWN = 20
VERSIONS_SHOWN = 8
FIGURES_SHOWN = 8
"""Of a version's evaluation; the rest is in Dagster."""
HALF_WIDTH = 100
"""Half of the drawing of an interval, in its own units."""


def insight_routes(shell: Shell, kept: KeptReport) -> list[Route]:
    """Return the view."""

    async def page(request: Request) -> Response:
        return await shell.view(request, "insights.html", lambda: _values(shell.review(), kept))

    return [Route(PAGE, page, methods=["GET"])]


def _values(review: ReviewContext, kept: KeptReport) -> dict[str, Any]:
    events = champion_events(review.database, EVENTS_SHOWN)
    return {
        "view": "insights",
        **_learned(review.account, kept, events[0] if events else None),
        "kinds": [_kind(review, kind) for kind in KINDS],
        "events": [_event(event) for event in events],
        **_signals(review.account),
    }


def _signals(account: Account) -> dict[str, Any]:
    now = signals_now(account)
    return {
        "signals": now,
        "titles": TITLES,
        "insight_titles": INSIGHT_TITLES,
        "addresses": post_addresses(account, now),
    }


def _learned(account: Account, kept: KeptReport, newest: ChampionEvent | None) -> dict[str, Any]:
    """Return the report, or why there is none: an unreadable persona must not hide the models."""
    try:
        shown = kept.report(account, newest)
    except ProductError as failure:
        return {"learned": None, "problem": f"{failure.reason} {failure.remedy}".strip()}
    from xbot_assets.service.pages.learned import Learned  # noqa: PLC0415 - numpy, which no other page needs

    return {"learned": Learned(shown.report), "is_renewed": shown.is_renewed}


def _kind(review: ReviewContext, kind: ModelKind) -> dict[str, Any]:
    seated = review.account.champion(kind)
    tested = challenger(review.database, kind)
    return {
        "kind": kind,
        "champion": seated,
        "figures": _figures(seated) if seated else {},
        "challenger": tested,
        "versions": model_versions(review.database, kind, VERSIONS_SHOWN),
    }


def _figures(version: ModelVersion) -> dict[str, str]:
    """Return the plain numbers of an evaluation, as many as fit."""
    numbers = {name: value for name, value in version.evaluation.items() if isinstance(value, (int, float))}
    shown = list(numbers.items())[:FIGURES_SHOWN]
    return {name.replace("_", " "): f"{value:.4g}" for name, value in shown}


def _event(event: ChampionEvent) -> dict[str, Any]:
    compared = event.evidence.get("comparison")
    left_out = event.evidence.get("left_out")
    return {
        "event": event,
        "interval": interval_of(compared if isinstance(compared, dict) else {}),
        "posts": compared.get("posts") if isinstance(compared, dict) else None,
        "left_out": left_out if isinstance(left_out, dict) else {},
    }


def interval_of(compared: dict[str, Any]) -> dict[str, float] | None:
    """Return where a gain and its interval stand in a drawing with nought in the middle; ``None`` without one."""
    values = [compared.get(name) for name in ("low", "gain", "high")]
    numbers = [float(value) for value in values if isinstance(value, (int, float))]
    if len(numbers) < len(values) or not any(numbers):
        return None
    scale = 0.9 * HALF_WIDTH / max(map(abs, numbers))
    low, gain, high = numbers
    drawn = {
        "x_low": HALF_WIDTH + scale * low,
        "x_gain": HALF_WIDTH + scale * gain,
        "x_high": HALF_WIDTH + scale * high,
    }
    return {"low": low, "gain": gain, "high": high, **drawn}
