"""The page of one post: what it says and shows, its story, and what its owner may still do about it."""

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.door.sessions import Session
from xbot_assets.service.pages.inbox.decisions import STATUS_OF
from xbot_assets.service.pages.inbox.page import Typed, card, said_by, status_of
from xbot_assets.service.pages.numbers import RowNumber
from xbot_assets.service.pages.shell import Shell
from xbot_assets.steps.publishing.approval import ReviewContext
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.admission import why_not
from xbot_assets.store.publishing.calendar import post_picture, post_pictures, thread_texts
from xbot_assets.store.publishing.policy import policy_refusals
from xbot_assets.store.publishing.posts import post_events

OPEN = frozenset({"queued", "held"})
"""States in which its owner may still change it."""
EVENTS_SHOWN = 60
"""The newest; a post that is put off often has more."""


class PostPage:
    """Shows one post, and on the same page a decision about it that was refused."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """Return the page and the post's images."""
        number = f"{{post_id:{RowNumber.name}}}"
        return [
            Route(f"/posts/{number}", self._page, methods=["GET"]),
            Route(f"/posts/{number}/images/{{position:{RowNumber.name}}}", self._image, methods=["GET"]),
        ]

    async def refused(self, request: Request, session: Session, typed: Typed) -> Response:
        """Show the post again with what was typed and why it was refused."""
        return await self._shown(request, session, typed.post_id, typed=typed)

    async def _page(self, request: Request) -> Response:
        session = self._shell.session_of(request)
        return await self._shown(request, session, request.path_params["post_id"], said=said_by(request))

    async def _shown(
        self, request: Request, session: Session, post_id: int, *, said: str = "", typed: Typed | None = None
    ) -> Response:
        def read() -> dict[str, Any]:
            try:
                return _values(self._shell.review(), post_id) | {"said": said, "refused": typed}
            except PermanentFailure as failure:
                if STATUS_OF.get(failure.code) != HTTPStatus.NOT_FOUND:
                    raise
                raise HTTPException(HTTPStatus.NOT_FOUND, failure.reason) from failure

        status = status_of(typed) if typed else HTTPStatus.OK
        return await self._shell.view(request, "post.html", read, session=session, status=status)

    async def _image(self, request: Request) -> Response:
        numbers = request.path_params["post_id"], request.path_params["position"]
        try:
            picture = await asyncio.to_thread(lambda: post_picture(self._shell.connections.database(), *numbers))
        except ProductError as failure:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, failure.reason) from failure
        if picture is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such image.")
        return Response(picture.content, media_type=picture.mime_type)


def _values(review: ReviewContext, post_id: int) -> dict[str, Any]:
    database = review.database
    post = approvals.post_to_decide(database, post_id)
    thread = thread_texts(database, post_id)
    waiting = [segment.text for segment in thread if segment.status == "held"] or [post.text]
    refusal = why_not(database, review.account.admission, post_id) if post.status == "queued" else None
    decides = {"decides": post.status in OPEN, "seen_all": approvals.texts_digest(waiting), "held_because": None}
    return {
        "view": "calendar",
        "post": card(post, review) | decides,
        "is_open": post.status in OPEN,
        "thread": thread,
        "wait": refusal.sentence if refusal else None,
        "pictures": post_pictures(database, post_id),
        "events": post_events(database, post_id)[-EVENTS_SHOWN:],
        "refusals": policy_refusals(database, post_id),
    }
