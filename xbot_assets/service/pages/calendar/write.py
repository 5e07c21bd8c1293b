"""The page on which the owner writes: a post, or a thread, with images and their descriptions, queued or kept."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.posts.images import GIF_BYTES_MAX, IMAGE_BYTES_MAX, IMAGES_MAX, PostImage, post_image
from xbot_assets.domain.posts.presentable import presentable, presentation_problem, shows_nothing
from xbot_assets.domain.posts.threads import SEGMENTS_MAX
from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.door.sessions import Session
from xbot_assets.door.uploads import UploadForm
from xbot_assets.service.pages.inbox.decisions import STATUS_OF
from xbot_assets.service.pages.numbers import NUMBER, RowNumber
from xbot_assets.service.pages.shell import Shell
from xbot_assets.settings import Settings
from xbot_assets.steps.publishing import own_posts
from xbot_assets.steps.publishing.approval import LOCAL_FORMAT, ReviewContext, owners_time
from xbot_assets.steps.publishing.own_posts import OwnPost
from xbot_assets.store.publishing import drafts
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.drafts import Draft

PAGE = "/write"
UPLOAD_BYTES_MAX = IMAGES_MAX * IMAGE_BYTES_MAX + GIF_BYTES_MAX
"""Four images, or a GIF; and a thread of the longest posts beside them."""
_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
DONE = {"draft": "The draft is kept.", "discard": "The draft is thrown away.", "plan": "The draft has another time."}


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form."""

    texts: list[str] = field(default_factory=lambda: [""])
    at: str = ""
    alts: list[str] = field(default_factory=list)
    draft: int = 0
    revision: int = 0


class WritePage:
    """Shows the form, and does what its buttons say."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[Route]:
        """Return the page, the count of a text, and giving a draft another time."""
        number = f"{{draft_id:{RowNumber.name}}}"
        return [
            Route(PAGE, self._new, methods=["GET"]),
            Route(PAGE, self._act, methods=["POST"]),
            Route(f"{PAGE}/count", self._count, methods=["POST"]),
            Route(f"{PAGE}/{number}", self._draft, methods=["GET"]),
            Route(f"{PAGE}/{number}/plan", self._plan, methods=["POST"]),
        ]

    async def _new(self, request: Request) -> Response:
        wanted = request.query_params.get("segments", "1")
        segments = min(max(1, int(wanted)), SEGMENTS_MAX) if NUMBER.fullmatch(wanted) else 1
        written = Written(texts=[""] * segments, at=_time_in(request.query_params.get("at", "")))
        return await self._shown(request, self._shell.session_of(request), written)

    async def _draft(self, request: Request) -> Response:
        def read() -> Draft:
            return drafts.draft(self._shell.connections.database(), request.path_params["draft_id"])

        try:
            draft = await asyncio.to_thread(read)
        except PermanentFailure as failure:
            raise HTTPException(HTTPStatus.NOT_FOUND, failure.reason) from failure
        except ProductError as failure:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, failure.reason) from failure
        settings = self._shell.connections.settings()
        return await self._shown(request, self._shell.session_of(request), _written_in(draft, settings))

    async def _act(self, request: Request) -> Response:
        session, form = await self._shell.guard.changing_upload(request, UPLOAD_BYTES_MAX)
        written = _read(form)
        act = _ACTIONS.get(form.first("action"), _queue)
        try:
            where = await asyncio.to_thread(lambda: act(self._shell.review(), written, form, session.name))
        except ProductError as failure:
            return await self._shown(request, session, written, failure)
        return RedirectResponse(where, HTTPStatus.SEE_OTHER)

    async def _count(self, request: Request) -> Response:
        """Count a text as X does; nothing is kept of it."""
        _, fields = await self._shell.guard.changing_form(request)
        text = presentable(fields.get("text", ""))
        problem = None if shows_nothing(text) else presentation_problem(text)
        most = self._shell.connections.settings().post_max_weighted_chars
        return JSONResponse({"counted": weighted_length(text), "most": most, "problem": problem})

    async def _plan(self, request: Request) -> Response:
        session, fields = await self._shell.guard.changing_form(request)
        draft_id = request.path_params["draft_id"]

        def plan() -> None:
            review = self._shell.review()
            at = owners_time(fields.get("at", ""), review.settings)
            own_posts.plan_draft(review.account, draft_id, at, Decider(session.name, review.clock.now()))

        try:
            await asyncio.to_thread(plan)
        except ProductError as failure:
            status = STATUS_OF.get(failure.code, HTTPStatus.UNPROCESSABLE_ENTITY)
            return JSONResponse({"reason": failure.reason, "remedy": failure.remedy}, status)
        return JSONResponse({"said": DONE["plan"]})

    async def _shown(
        self, request: Request, session: Session, written: Written, failure: ProductError | None = None
    ) -> Response:
        settings = self._shell.connections.settings()
        values = {
            "view": "calendar",
            "written": written,
            "counts": [weighted_length(presentable(text)) for text in written.texts],
            "most": settings.post_max_weighted_chars,
            "images_max": IMAGES_MAX,
            "segments_max": SEGMENTS_MAX,
            "failure": failure,
            "said": DONE.get(request.query_params.get("done", ""), ""),
        }
        status = STATUS_OF.get(failure.code, HTTPStatus.UNPROCESSABLE_ENTITY) if failure else HTTPStatus.OK
        return await self._shell.view(request, "write.html", lambda: dict(values), session=session, status=status)


def _queue(review: ReviewContext, written: Written, form: UploadForm, _who: str) -> str:
    """Queue it, and lead to the post."""
    post = OwnPost(_texts(written), _images(form), _due(written, review.settings))
    if written.draft:
        queued = own_posts.queue_draft(review.account, written.draft, written.revision, post)
    else:
        queued = own_posts.queue_own(review.account, post)
    return f"/posts/{queued.ids[0]}"


def _keep(review: ReviewContext, written: Written, form: UploadForm, who: str) -> str:
    """Keep it as a draft, and lead to it."""
    if any(file.content for file in form.files.get("image", [])):
        raise PermanentFailure(
            "A draft keeps words and a time, no images.",
            code=FailureCode.IMAGE_TYPE,
            remedy="Take the images away, keep the draft, and choose them again when you queue it.",
        )
    by = Decider(who, review.clock.now())
    post = OwnPost(_texts(written), at=_due(written, review.settings))
    if written.draft:
        kept = own_posts.keep_draft_again(review.account, written.draft, written.revision, post, by)
    else:
        kept = own_posts.keep_draft(review.account, post, by)
    return f"{PAGE}/{kept.id}?done=draft"


def _discard(review: ReviewContext, written: Written, _form: UploadForm, _who: str) -> str:
    drafts.delete_draft(review.database, written.draft, written.revision)
    return "/calendar?done=discard"


_ACTIONS: dict[str, Callable[[ReviewContext, Written, UploadForm, str], str]] = {
    "queue": _queue,
    "draft": _keep,
    "discard": _discard,
}
"""What each button of the form does; it returns where to lead."""


def _read(form: UploadForm) -> Written:
    return Written(
        texts=form.fields.get("text", [""]),
        at=form.first("at"),
        alts=form.fields.get("alt", []),
        draft=_number(form.first("draft")),
        revision=_number(form.first("revision")),
    )


def _number(words: str) -> int:
    return int(words) if NUMBER.fullmatch(words) else 0


def _texts(written: Written) -> list[str]:
    """Return what was written; boxes of a thread that were left empty are nothing."""
    return [text for text in written.texts if not shows_nothing(text)]


def _images(form: UploadForm) -> tuple[PostImage, ...]:
    """Return the images, each with its description. Raises as ``post_image`` does, and ``too_many_images``."""
    files, alts = form.files.get("image", []), form.fields.get("alt", [])
    chosen = [(file, alts[place] if place < len(alts) else "") for place, file in enumerate(files) if file.content]
    if len(chosen) > IMAGES_MAX:
        raise PermanentFailure(
            f"X shows {IMAGES_MAX} images in a post, not {len(chosen)}.", code=FailureCode.TOO_MANY_IMAGES
        )
    return tuple(post_image(file.name, file.content, alt) for file, alt in chosen)


def _due(written: Written, settings: Settings) -> datetime | None:
    return owners_time(written.at, settings) if written.at.strip() else None


def _time_in(words: str) -> str:
    """Return a time of an address as the form's field takes it; anything else is nothing."""
    return words if _TIME.fullmatch(words) else ""


def _written_in(draft: Draft, settings: Settings) -> Written:
    at = draft.planned_for.astimezone(settings.zone).strftime(LOCAL_FORMAT) if draft.planned_for else ""
    return Written(texts=list(draft.texts), at=at, draft=draft.id, revision=draft.revision)
