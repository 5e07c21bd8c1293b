"""The view Calendar: drafts, what waits, what is held and what is on X, by the owner's clock.

The calendar asks for a stretch of time at a time. What waits next is also a plain list with links, for who uses no
mouse and for pages without scripts.
"""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.threads import thread_place
from xbot_assets.service.pages.calendar.write import DONE
from xbot_assets.service.pages.shell import Shell
from xbot_assets.settings import Settings
from xbot_assets.steps.publishing.approval import LOCAL_FORMAT, owners_time
from xbot_assets.store.publishing import drafts
from xbot_assets.store.publishing.calendar import CalendarPost, calendar_posts, held_page, upcoming_posts
from xbot_assets.store.publishing.drafts import Draft

PAGE = "/calendar"
LONGEST_STRETCH = timedelta(days=70)
"""A month with the weeks around it, and room."""
POSTS_SHOWN = 500
"""Of each kind in a stretch; a month of 15 posts a day is 450."""
WAITING_SHOWN = 12
DRAFTS_SHOWN = 12
TITLE_CHARS = 120
SHOWN_MINUTES = 30
"""How tall a post stands in the calendar: a post has a time and no length."""
MOVABLE = frozenset({"queued", "held"})


def calendar_routes(shell: Shell) -> list[Route]:
    """Return the view and what its calendar asks for."""

    async def page(request: Request) -> Response:
        return await shell.view(request, "calendar.html", lambda: _values(shell) | {"said": said_of(request)})

    async def posts(request: Request) -> Response:
        words = request.query_params.get("start", ""), request.query_params.get("end", "")
        try:
            events = await asyncio.to_thread(_events, shell, *words)
        except ProductError as failure:
            said = {"reason": failure.reason, "remedy": failure.remedy}
            return JSONResponse(said, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse(events)

    return [Route(PAGE, page, methods=["GET"]), Route(f"{PAGE}/posts.json", posts, methods=["GET"])]


def said_of(request: Request) -> str:
    """Return what is said of a draft that is gone; nothing else of an address is ever shown."""
    return DONE.get(request.query_params.get("done", ""), "")


def _values(shell: Shell) -> dict[str, Any]:
    review = shell.review()
    database, now = review.database, review.clock.now()
    return {
        "view": "calendar",
        "now": _local(now, review.settings),
        "queued": upcoming_posts(database, WAITING_SHOWN),
        "held": [row for row in held_page(database, WAITING_SHOWN, 0) if not row.segment],
        "drafts": drafts.newest_drafts(database, DRAFTS_SHOWN),
        "place": thread_place,
    }


def _events(shell: Shell, start: str, end: str) -> list[dict[str, Any]]:
    """Return what happened, or will, between two times of the owner's clock."""
    review = shell.review()
    settings, database = review.settings, review.database
    try:
        since, until = (owners_time(words[:16], settings) for words in (start, end))
    except ProductError as failure:
        raise HTTPException(HTTPStatus.BAD_REQUEST, failure.reason) from failure
    if not timedelta(0) < until - since <= LONGEST_STRETCH:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"Ask for at most {LONGEST_STRETCH.days} days.")
    posts = calendar_posts(database, since, until, POSTS_SHOWN)
    written = drafts.drafts_between(database, since, until, POSTS_SHOWN)
    return [_post(post, settings) for post in posts] + [
        _draft(draft, draft.planned_for, settings) for draft in written if draft.planned_for is not None
    ]


def _post(post: CalendarPost, settings: Settings) -> dict[str, Any]:
    place = thread_place(post.segment, post.segments)
    return _event(f"post-{post.id}", post.text, post.at, settings) | {
        "editable": post.status in MOVABLE,
        "classNames": [post.status],
        "extendedProps": {
            "state": f"{post.status}, {place}" if place else post.status,
            "page": f"/posts/{post.id}",
            "move": f"/inbox/{post.id}/reschedule",
        },
    }


def _draft(draft: Draft, at: datetime, settings: Settings) -> dict[str, Any]:
    return _event(f"draft-{draft.id}", draft.texts[0], at, settings) | {
        "editable": True,
        "classNames": ["draft"],
        "extendedProps": {
            "state": "draft",
            "page": f"/write/{draft.id}",
            "move": f"/write/{draft.id}/plan",
        },
    }


def _event(name: str, text: str, at: datetime, settings: Settings) -> dict[str, Any]:
    return {
        "id": name,
        "title": " ".join(text.split())[:TITLE_CHARS],
        "start": _local(at, settings),
        "end": _local(at + timedelta(minutes=SHOWN_MINUTES), settings),
    }


def _local(at: datetime, settings: Settings) -> str:
    """Return a time by the owner's clock without its offset: the calendar knows no time zones but the browser's."""
    return at.astimezone(settings.zone).strftime(LOCAL_FORMAT)
