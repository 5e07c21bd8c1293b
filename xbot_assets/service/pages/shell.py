"""What all views share: the frame around them, who asks, and the answer when something cannot be read."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from xbot_assets.domain.failures import ProductError
from xbot_assets.door.guard import TOKEN_FIELD, Guard, keep_session, owner_name
from xbot_assets.door.origins import under_the_name_of
from xbot_assets.door.sessions import Session
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.suggestions import suggestions_waiting
from xbot_assets.steps.own_profile import Profile
from xbot_assets.steps.publishing.approval import ReviewContext, open_review, told_time
from xbot_assets.store.publishing.approvals import LONGEST_REASON
from xbot_assets.store.publishing.posts import queue_counts

VIEWS = (
    ("now", "/", "Now"),
    ("calendar", "/calendar", "Calendar"),
    ("inbox", "/inbox", "Inbox"),
    ("insights", "/insights", "Insights"),
    ("system", "/system", "System"),
)
"""Name, address and title of each view, in the order of the navigation."""
_WAITING = ("held", "unconfirmed")
"""States that a person decides about."""


class Shell:
    """Renders views inside the frame, for the session that asks."""

    def __init__(self, connections: Connections, guard: Guard) -> None:
        self.connections = connections
        self.guard = guard

    def session_of(self, request: Request) -> Session:
        """Return who asks; without a login, the one who runs the service."""
        return self.guard.session_of(request) or self.guard.begin(request, owner_name())

    def review(self) -> ReviewContext:
        """Return where decisions are made. Raises as opening the database does."""
        connections = self.connections
        return open_review(connections.settings(), connections.database(), connections.clock())

    async def view(
        self,
        request: Request,
        template: str,
        read: Callable[[], dict[str, Any]],
        *,
        session: Session | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        needs_database: bool = True,
    ) -> Response:
        """Answer with a view; ``read`` runs in a thread, and its failure is a page that says so with status 503.

        It reads on one connection; where a view is shown without a database, too, that is left to ``read``.
        """
        who = session or self.session_of(request)
        try:
            values = await asyncio.to_thread(self._read if needs_database else self._with_counts, read)
        except ProductError as failure:
            values = {"failure": failure, "waiting": 0, "view": template.partition(".")[0]}
            status, template = HTTPStatus.SERVICE_UNAVAILABLE, "problem.html"
        answer = HTMLResponse(self.render(request, template, who, values), status)
        if who.cookie:
            keep_session(answer, who, request.url)
        return answer

    def render(self, request: Request, template: str, session: Session, values: dict[str, Any]) -> str:
        """Return a view inside the frame; every value is escaped."""
        settings = self.connections.settings()
        profile = Profile(settings)
        frame: dict[str, Any] = {
            "views": VIEWS,
            "token": {"field": TOKEN_FIELD, "value": self.guard.sessions.form_token(session)},
            "who": session.name,
            "asks_for_login": self.guard.asks_for_login,
            "longest_reason": LONGEST_REASON,
            "handle": profile.handle,
            "mode": settings.mode,
            "timezone": settings.timezone,
            "dagster_url": under_the_name_of(request, settings.web_url) if settings.web_url else None,
            "timeline_url": profile.profile_url,
        }
        words = {"when": lambda at: _when(at, settings), "told": lambda at: told_time(at, settings)}
        return templates().get_template(template).render(**frame, **words, **values)

    def _read(self, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        with self.connections.database().one_connection():
            return self._with_counts(read)

    def _with_counts(self, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        values = read()
        if "waiting" not in values:
            values["waiting"] = waiting_in(
                queue_counts(self.connections.database()), suggestions_waiting(self.review().account)
            )
        return values


def waiting_in(counts: Mapping[str, int], suggestions: int) -> int:
    """Return how much waits for a person, of the posts by state and the replies to post by hand."""
    return sum(counts.get(state, 0) for state in _WAITING) + suggestions


@cache
def templates() -> jinja2.Environment:
    """Return the templates, which escape every value."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("xbot_assets.service"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seconds"] = _seconds
    environment.filters["number"] = lambda count: "-" if count is None else f"{count:,}"
    return environment


def _when(at: datetime | None, settings: Settings) -> str:
    """Return a time as short as the owner reads it: by their clock, without the year."""
    return f"{at.astimezone(settings.zone):%a %d %b, %H:%M}" if at else "-"


def _seconds(seconds: float | None) -> str:
    """Return a length of time in words."""
    if seconds is None:
        return "-"
    if seconds < 60:  # noqa: PLR2004 - seconds of a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"
