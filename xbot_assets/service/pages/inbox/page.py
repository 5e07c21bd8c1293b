"""The view Inbox: what waits for a person, with approve, edit, reject and reschedule.

Nothing changes by looking: every change is a POST that the guard lets through.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.convertors import register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.threads import thread_place
from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.door.sessions import Session
from xbot_assets.service.pages.inbox.alerts import alerts_to_acknowledge
from xbot_assets.service.pages.inbox.decisions import DECISIONS, DONE, STATUS_OF
from xbot_assets.service.pages.inbox.suggestions import SuggestionCards, suggestion_cards
from xbot_assets.service.pages.inbox.unconfirmed import UndecidedCards, cards_of
from xbot_assets.service.pages.numbers import NUMBER, RowNumber
from xbot_assets.service.pages.shell import Shell
from xbot_assets.steps.publishing.approval import LOCAL_FORMAT, ReviewContext, told_time
from xbot_assets.steps.publishing.manual_recovery import undecided
from xbot_assets.store.alerts import Alert
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.calendar import decisions_waiting, held_page
from xbot_assets.store.publishing.rows import HeldPost, ReviewedPost

PAGE = "/inbox"
EARLIER_PAGE = "/approvals"
"""Its address of earlier versions, which bookmarks and programs know."""
DECISIONS_SHOWN = 12
POSTS_A_PAGE = 20

Refused = Callable[[Request, Session, "Typed"], Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A decision that was refused: what the person had typed, and why it was refused."""

    post_id: int
    action: str
    fields: Mapping[str, str]
    failure: ProductError


@dataclass(frozen=True, slots=True)
class InboxPage:
    """What the page shows."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    suggestions: SuggestionCards | None = None
    on_x: UndecidedCards | None = None
    alerts: list[Alert] = field(default_factory=list)
    posts_waiting: int = 0
    number: int = 1
    now: str = ""
    said: str = ""
    typed: Typed | None = None

    @property
    def to_decide(self) -> int:
        """How much waits for a person: posts, replies, what only a person can say of X, and what is to be read."""
        on_x = self.on_x
        of_x = len(on_x.unconfirmed) + len(on_x.phantoms) + len(on_x.removals) if on_x else 0
        by_hand = self.suggestions.waiting if self.suggestions else 0
        return self.posts_waiting + by_hand + len(self.alerts) + of_x

    @property
    def pages(self) -> int:
        """How many pages the waiting posts fill."""
        return max(1, -(-self.posts_waiting // POSTS_A_PAGE))


def inbox_routes(shell: Shell, refused_elsewhere: Mapping[str, Refused]) -> list[Route]:
    """Return the routes of the page and of every decision about a post.

    ``refused_elsewhere`` shows a refused decision on the page whose form asked for it, by the form's field ``back``.
    """
    register_url_convertor(RowNumber.name, RowNumber())
    handlers = _ReviewHandlers(shell, refused_elsewhere)
    pages = [Route(address, handlers.page, methods=["GET"]) for address in (PAGE, EARLIER_PAGE)]
    decide = f"/{{post_id:{RowNumber.name}}}/{{action}}"
    return pages + [Route(address + decide, handlers.decide, methods=["POST"]) for address in (PAGE, EARLIER_PAGE)]


class _ReviewHandlers:
    """Answers the requests of people who decide."""

    def __init__(self, shell: Shell, refused_elsewhere: Mapping[str, Refused]) -> None:
        self._shell = shell
        self._refused_elsewhere = refused_elsewhere

    async def page(self, request: Request) -> Response:
        return await self._shown(request, self._shell.session_of(request), said=said_by(request))

    async def decide(self, request: Request) -> Response:
        session, fields = await self._shell.guard.changing_form(request)
        post_id, action = request.path_params["post_id"], request.path_params["action"]
        decision = DECISIONS.get(action)
        if decision is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        try:
            await asyncio.to_thread(lambda: decision(self._shell.review(), post_id, session.name, fields))
        except ProductError as failure:
            return await self._refused(request, session, Typed(post_id, action, fields, failure))
        if wants_json(request):
            return JSONResponse({"said": DONE[action].format(post_id)})
        page = f"/posts/{post_id}" if fields.get("back") == "post" else PAGE
        return RedirectResponse(f"{page}?done={action}&post={post_id}", HTTPStatus.SEE_OTHER)

    async def _refused(self, request: Request, session: Session, typed: Typed) -> Response:
        if wants_json(request):
            said = {"reason": typed.failure.reason, "remedy": typed.failure.remedy}
            return JSONResponse(said, status_of(typed))
        elsewhere = self._refused_elsewhere.get(typed.fields.get("back", ""))
        if elsewhere is not None:
            answer: Response = await elsewhere(request, session, typed)
            return answer
        return await self._shown(request, session, typed=typed)

    async def _shown(
        self, request: Request, session: Session, *, said: str = "", typed: Typed | None = None
    ) -> Response:
        number = request.query_params.get("page", "1")
        at = max(1, int(number)) if NUMBER.fullmatch(number) else 1
        status = status_of(typed) if typed else HTTPStatus.OK

        def read() -> dict[str, Any]:
            page = _read(self._shell.review(), min(at, POSTS_MAX), said, typed)
            return {"page": page, "view": "inbox"}

        return await self._shell.view(request, "inbox.html", read, session=session, status=status)


POSTS_MAX = 100_000
"""No page number beyond it is looked for."""


def said_by(request: Request) -> str:
    """Return what is said of a decision that led to this page; nothing else of an address is ever shown."""
    action, number = request.query_params.get("done", ""), request.query_params.get("post", "")
    return DONE[action].format(int(number)) if action in DONE and NUMBER.fullmatch(number) else ""


def status_of(typed: Typed) -> HTTPStatus:
    """Return what a browser is told of a refused decision."""
    return STATUS_OF.get(typed.failure.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def wants_json(request: Request) -> bool:
    """Say whether a script of a page asks, which shows the answer itself."""
    return request.headers.get("accept", "").partition(",")[0].strip() == "application/json"


def _read(review: ReviewContext, number: int, said: str, typed: Typed | None) -> InboxPage:
    settings, database = review.settings, review.database
    rows = held_page(database, POSTS_A_PAGE, (number - 1) * POSTS_A_PAGE)
    return InboxPage(
        rows=cards(rows, review),
        decisions=[
            {**asdict(made), "at": told_time(made.happened_at, settings)}
            for made in approvals.recent_decisions(database, DECISIONS_SHOWN)
        ],
        suggestions=suggestion_cards(review.account),
        on_x=cards_of(undecided(database), review.account),
        alerts=alerts_to_acknowledge(database),
        posts_waiting=decisions_waiting(database),
        number=number,
        now=told_time(review.clock.now(), settings),
        said=said,
        typed=typed,
    )


def cards(rows: Sequence[HeldPost], review: ReviewContext) -> list[dict[str, Any]]:
    """Return a card a post. Of a thread the first ``decides`` about all that waits, and ``seen_all`` is all of it."""
    texts: dict[int, list[str]] = {}
    for row in rows:
        texts.setdefault(row.thread_id or row.id, []).append(row.text)
    # Whichever of a thread comes first takes its texts; the others find none.
    told = []
    for row in rows:
        waiting = texts.pop(row.thread_id or row.id, None)
        decides = {"decides": bool(waiting), "seen_all": approvals.texts_digest(waiting) if waiting else None}
        told.append(card(row, review) | decides)
    return told


def card(row: HeldPost | ReviewedPost, review: ReviewContext) -> dict[str, Any]:
    """Return what the page shows of one post."""
    due = row.scheduled_at
    return {
        **asdict(row),
        "place": thread_place(row.segment, row.segments),
        "seen": approvals.text_digest(row.text),
        "counted": weighted_length(row.text),
        "most": review.settings.post_max_weighted_chars,
        "due": told_time(due, review.settings),
        "is_late": due < review.clock.now(),
        "at": due.astimezone(review.settings.zone).strftime(LOCAL_FORMAT),
    }
