"""The approval page: what waits for a person, with approve, edit, reject and reschedule.

Nothing changes by looking: every change is a POST that the guard lets through.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

import jinja2
from starlette.convertors import register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.threads import thread_place
from xbot_assets.door.guard import TOKEN_FIELD, Guard, keep_session, owner_name
from xbot_assets.door.sessions import Session
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.pages.alerts import ALERT_DECISIONS, ALERT_DONE, alerts_to_acknowledge
from xbot_assets.service.pages.numbers import NUMBER, RowNumber
from xbot_assets.service.pages.unconfirmed import UNCONFIRMED_DECISIONS, UNCONFIRMED_DONE, UndecidedCards, cards_of
from xbot_assets.steps.publishing.approval import LOCAL_FORMAT, ReviewContext, open_review, owners_time, told_time
from xbot_assets.steps.publishing.manual_recovery import undecided
from xbot_assets.store.alerts import Alert
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.approvals import LONGEST_REASON, Decider
from xbot_assets.store.publishing.rows import HeldPost

PAGE = "/approvals"
DECISIONS_SHOWN = 12
STATUS_OF = {
    "no_such_post": HTTPStatus.NOT_FOUND,
    "already_decided": HTTPStatus.CONFLICT,
    "text_changed": HTTPStatus.CONFLICT,
}
"""What a browser is told of a refused decision; any other is 422."""
DONE = {
    "approve": "Post {} is approved. It is published at its time.",
    "edit": "Post {} has its new text. It still waits for your approval.",
    "reject": "Post {} is rejected.",
    "reschedule": "Post {} has another time.",
    **UNCONFIRMED_DONE,
    **ALERT_DONE,
}
"""What the page says after each action. Nothing else from an address is ever shown."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A decision that was refused: what the person had typed, and why it was refused."""

    post_id: int
    action: str
    fields: Mapping[str, str]
    failure: ProductError


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """What the page shows. ``problem`` says why it could not be read; the rest is empty then."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    on_x: UndecidedCards | None = None
    alerts: list[Alert] = field(default_factory=list)
    timezone: str = ""
    now: str = ""
    said: str = ""
    typed: Typed | None = None
    problem: ProductError | None = None

    @property
    def to_decide(self) -> int:
        """How much waits for a person: posts, what only a person can say of X, and what is to be read."""
        on_x = self.on_x
        of_x = len(on_x.unconfirmed) + len(on_x.phantoms) + len(on_x.removals) if on_x else 0
        return len(self.rows) + len(self.alerts) + of_x


def approval_routes(connections: Connections, guard: Guard, templates: Callable[[], jinja2.Environment]) -> list[Route]:
    """Return the routes of the page and its actions."""
    register_url_convertor(RowNumber.name, RowNumber())
    handlers = _ReviewHandlers(connections, guard, templates)
    return [
        Route(PAGE, handlers.page, methods=["GET"]),
        Route(f"{PAGE}/{{post_id:{RowNumber.name}}}/{{action}}", handlers.decide, methods=["POST"]),
    ]


class _ReviewHandlers:
    """Answers the requests of people who decide."""

    def __init__(self, connections: Connections, guard: Guard, templates: Callable[[], jinja2.Environment]) -> None:
        self._connections = connections
        self._guard = guard
        self._templates = templates

    async def page(self, request: Request) -> Response:
        action, number = request.query_params.get("done", ""), request.query_params.get("post", "")
        said = DONE[action].format(int(number)) if action in DONE and NUMBER.fullmatch(number) else ""
        session = self._guard.session_of(request) or self._guard.begin(request, owner_name())
        return await self._shown(request, session, said=said)

    async def decide(self, request: Request) -> Response:
        session, fields = await self._guard.changing_form(request)
        post_id, action = request.path_params["post_id"], request.path_params["action"]
        decision = _DECISIONS.get(action)
        if decision is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        try:
            await asyncio.to_thread(lambda: decision(self._review(), post_id, session.name, fields))
        except ProductError as failure:
            return await self._shown(request, session, typed=Typed(post_id, action, fields, failure))
        return RedirectResponse(f"{PAGE}?done={action}&post={post_id}", HTTPStatus.SEE_OTHER)

    async def _shown(
        self, request: Request, session: Session, *, said: str = "", typed: Typed | None = None
    ) -> Response:
        try:
            page = await asyncio.to_thread(lambda: _read(self._review(), said, typed))
        except ProductError as failure:
            page, status = ApprovalPage(problem=failure), HTTPStatus.SERVICE_UNAVAILABLE
        else:
            status = STATUS_OF.get(typed.failure.code, HTTPStatus.UNPROCESSABLE_ENTITY) if typed else HTTPStatus.OK
        answer = HTMLResponse(self._render("approvals.html", page=page, **self._of(session)), status)
        if session.cookie:
            keep_session(answer, session, request.url)
        return answer

    def _of(self, session: Session) -> dict[str, Any]:
        token = {"field": TOKEN_FIELD, "value": self._guard.sessions.form_token(session)}
        return {"token": token, "who": session.name, "asks_for_login": self._guard.asks_for_login}

    def _render(self, template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the page shows
        return self._templates().get_template(template).render(**values, longest_reason=LONGEST_REASON)

    def _review(self) -> ReviewContext:
        connections = self._connections
        return open_review(connections.settings(), connections.database(), connections.clock())


def _approve(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    by = Decider(who, review.clock.now(), fields.get("why", ""))
    approvals.approve_post(review.database, post_id, by, check=review.check(), seen=fields.get("seen", ""))


def _edit(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    by = Decider(who, review.clock.now(), fields.get("why", ""))
    review.edit(post_id, fields.get("text", ""), by, seen=fields.get("seen", ""))


def _reject(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    approvals.reject_post(review.database, post_id, Decider(who, review.clock.now(), fields.get("why", "")))


def _reschedule(review: ReviewContext, post_id: int, who: str, fields: Mapping[str, str]) -> None:
    by = Decider(who, review.clock.now(), fields.get("why", ""))
    approvals.reschedule_post(review.database, post_id, owners_time(fields.get("at", ""), review.settings), by)


_DECISIONS: dict[str, Callable[[ReviewContext, int, str, Mapping[str, str]], None]] = {
    "approve": _approve,
    "edit": _edit,
    "reject": _reject,
    "reschedule": _reschedule,
    **UNCONFIRMED_DECISIONS,
    **ALERT_DECISIONS,
}


def _read(review: ReviewContext, said: str, typed: Typed | None) -> ApprovalPage:
    settings, database = review.settings, review.database
    return ApprovalPage(
        rows=_cards(approvals.held_posts(database), review),
        decisions=[
            {**asdict(made), "at": told_time(made.happened_at, settings)}
            for made in approvals.recent_decisions(database, DECISIONS_SHOWN)
        ],
        on_x=cards_of(undecided(database), review.account),
        alerts=alerts_to_acknowledge(database),
        timezone=settings.timezone,
        now=told_time(review.clock.now(), settings),
        said=said,
        typed=typed,
    )


def _cards(rows: list[HeldPost], review: ReviewContext) -> list[dict[str, Any]]:
    """Return a card a post. Of a thread the first one decides about all that waits, and ``seen_all`` is all of it."""
    texts: dict[int, list[str]] = {}
    for row in rows:
        texts.setdefault(row.thread_id or row.id, []).append(row.text)
    # Whichever of a thread comes first takes its texts; the others find none.
    cards = []
    for row in rows:
        waiting = texts.pop(row.thread_id or row.id, None)
        cards.append({**_card(row, review), "seen_all": approvals.texts_digest(waiting) if waiting else None})
    return cards


def _card(row: HeldPost, review: ReviewContext) -> dict[str, Any]:
    due = row.scheduled_at
    return {
        **asdict(row),
        "place": thread_place(row.segment, row.segments),
        "seen": approvals.text_digest(row.text),
        "due": told_time(due, review.settings),
        "is_late": due < review.clock.now(),
        "at": due.astimezone(review.settings.zone).strftime(LOCAL_FORMAT),
    }
