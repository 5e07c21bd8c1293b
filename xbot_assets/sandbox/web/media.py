"""The routes of images: X's upload in INIT, APPEND, FINALIZE and STATUS, alternative texts, and the images themselves.

One difference from X: a piece is the request's whole body, not a field of a form.
"""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from xbot_assets.sandbox.people import art
from xbot_assets.sandbox.people.posts import Account
from xbot_assets.sandbox.site import Site
from xbot_assets.sandbox.web.api.errors import api_error
from xbot_assets.sandbox.web.api.graphql import AUTH_COOKIE, limited
from xbot_assets.sandbox.web.uploads import INVALID, LIFE, Upload, UploadRefusedError, Uploads

PIECE_BYTES_MAX = 1_048_576
"""One APPEND holds no more than this, and no other request of this file as much: the rest is not even read."""
CHECK_AFTER_SECONDS = 1
"""When to ask again for an image that is still processed."""
PICTURE_SECONDS = 3600
"""Generated pictures may be kept by a browser for so long."""

Step = Callable[[Account, Request], Awaitable[Response]]


class Media:
    """The image side of a site."""

    def __init__(self, site: Site) -> None:
        self._site, self._uploads = site, Uploads(site)
        self._steps: dict[str, Step] = {
            "INIT": self._begin,
            "APPEND": self._append,
            "FINALIZE": self._finish,
            "STATUS": self._status,
        }

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/i/media/upload.json", self._upload, methods=["GET", "POST"]),
            Route("/i/api/1.1/media/metadata/create.json", self._describe, methods=["POST"]),
            Route("/media/{media_id}", self._picture),
        ]

    async def _upload(self, request: Request) -> Response:
        command = request.query_params.get("command", "")
        step = self._steps.get(command)
        if step is None or (command == "STATUS") is not (request.method == "GET"):
            return api_error(HTTPStatus.BAD_REQUEST, INVALID, "Unknown command.")
        return await self._answered(request, step)

    async def _describe(self, request: Request) -> Response:
        async def step(account: Account, request: Request) -> Response:
            asked = json.loads(await _body(request))
            self._uploads.describe(account, str(asked["media_id"]), str(asked["alt_text"]["text"]))
            return PlainTextResponse("")

        return await self._answered(request, step)

    async def _answered(self, request: Request, step: Step) -> Response:
        """Carry out a step for whoever is logged in; a refusal is answered as the API in front of GraphQL does."""
        session = self._site.session(request.cookies.get(AUTH_COOKIE))
        if session is None:
            return api_error(HTTPStatus.UNAUTHORIZED, 32, "Could not authenticate you.")
        if request.headers.get("x-csrf-token") != session.csrf:
            return api_error(HTTPStatus.FORBIDDEN, 353, "This request requires a matching csrf cookie and header.")
        if refused := limited(self._site, "MediaUpload"):
            return refused
        try:
            return await step(session.account, request)
        except UploadRefusedError as error:
            return api_error(error.status, INVALID, str(error))
        except (ValueError, KeyError, TypeError):
            return api_error(HTTPStatus.BAD_REQUEST, 214, "Bad request: the fields cannot be read.")

    async def _begin(self, account: Account, request: Request) -> Response:
        fields = request.query_params
        media_id = self._uploads.begin(account, fields["media_type"], int(fields["total_bytes"]))
        life = int(LIFE.total_seconds())
        body = {"media_id": int(media_id), "media_id_string": media_id, "expires_after_secs": life}
        return JSONResponse(body, HTTPStatus.ACCEPTED)

    async def _append(self, account: Account, request: Request) -> Response:
        self._uploads.append(account, request.query_params["media_id"], await _body(request))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _finish(self, account: Account, request: Request) -> Response:
        if self._site.faults.flag("media_upload_fails"):
            return api_error(HTTPStatus.SERVICE_UNAVAILABLE, 131, "Internal error.")
        if self._site.faults.flag("media_refused"):
            raise UploadRefusedError("Failed to finalize the media upload.")
        upload = self._uploads.finish(account, request.query_params["media_id"])
        return JSONResponse(_described(upload), HTTPStatus.CREATED)

    async def _status(self, account: Account, request: Request) -> Response:
        return JSONResponse(_described(self._uploads.find(account, request.query_params["media_id"])))

    async def _picture(self, request: Request) -> Response:
        media_id = request.path_params["media_id"]
        row = self._site.database.one("select content_type, body from media where id = ?", (media_id,))
        if row:
            return Response(row["body"], media_type=row["content_type"], headers={"x-content-type-options": "nosniff"})
        return svg(art.picture(media_id))


def svg(body: str) -> Response:
    """Return a generated picture."""
    return Response(body, media_type="image/svg+xml", headers={"cache-control": f"max-age={PICTURE_SECONDS}"})


def _described(upload: Upload) -> dict[str, object]:
    """Return an upload as X does; ``processing_info`` is there only while and after it had to be processed."""
    body: dict[str, object] = {
        "media_id": int(upload.id),
        "media_id_string": upload.id,
        "size": upload.total_bytes,
        "image": {"image_type": upload.content_type},
    }
    if upload.wait_seconds:
        body["processing_info"] = {"state": "pending", "check_after_secs": CHECK_AFTER_SECONDS}
    return body


async def _body(request: Request) -> bytes:
    """Return a request's body, and read no more of one that is too long.

    Raises:
        UploadRefusedError: 413.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > PIECE_BYTES_MAX:
            raise UploadRefusedError("The request is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body
