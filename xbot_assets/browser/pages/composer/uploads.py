"""Listens to a page's own uploads of files, and says when X has taken them or why it has not. It uploads nothing."""

import asyncio
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page, Request, Response

from xbot_assets.browser.pages.refusals import refusal_of
from xbot_assets.browser.pages.told.graphql import at
from xbot_assets.browser.pages.traffic import body_of
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure

_PATH = "/media/upload.json"
_TELLS_STATE = frozenset({"FINALIZE", "STATUS"})
_DONE = "succeeded"
"""``processing_info.state`` of a file that was processed later; a file without ``processing_info`` is done at once."""
_FAILED = "failed"


def media_refused(reason: str) -> PermanentFailure:
    """Return the failure for a file that X does not take; the same file is not taken at the next try either."""
    remedy = "Replace the image by a PNG, JPEG, WebP or GIF of at most 5 MB that opens in a browser."
    return PermanentFailure(reason, code=FailureCode.MEDIA_REFUSED, remedy=remedy)


class Uploads:
    """The uploads of one page, from the moment this is made until the page closes.

    Attributes:
        failure: the first that failed, typed; ``None`` while none has.
    """

    def __init__(self, page: Page) -> None:
        self.failure: ProductError | None = None
        self._processed: set[str] = set()
        self._readers: set[asyncio.Task[None]] = set()
        page.on("response", self._on_response)
        page.on("requestfailed", self._on_failed)

    @property
    def processed(self) -> int:
        """Return how many files X has taken and processed."""
        return len(self._processed)

    async def drained(self) -> None:
        """Wait until the answers already announced have been read."""
        if self._readers:
            await asyncio.gather(*self._readers)

    def _on_response(self, response: Response) -> None:
        if _command(response.url) is not None:
            reader = asyncio.create_task(self._read(response))
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)

    def _on_failed(self, request: Request) -> None:
        if _command(request.url) is not None:
            broken = TransientFailure(
                "The connection to X broke while an image went up.", code=FailureCode.MEDIA_UPLOAD_FAILED
            )
            self.failure = self.failure or broken

    async def _read(self, response: Response) -> None:
        tells = _command(response.url) in _TELLS_STATE
        body = await body_of(response) if tells or not response.ok else None
        if not response.ok:
            self.failure = self.failure or _refusal(response, body)
        elif tells:
            self._take(body)

    def _take(self, body: object) -> None:
        state, media_id = at(body, "processing_info", "state"), at(body, "media_id_string")
        if state == _FAILED:
            self.failure = self.failure or media_refused("X could not process an image.")
        elif state in {None, _DONE} and media_id:
            self._processed.add(str(media_id))


def _command(url: str) -> str | None:
    """Return the step of an upload that an address stands for, or ``None`` for any other address."""
    parts = urlsplit(url)
    return parse_qs(parts.query).get("command", [""])[0].upper() if parts.path.endswith(_PATH) else None


def _refusal(response: Response, body: object) -> ProductError:
    known = refusal_of(response.status, response.headers, body)
    if known is None and response.status == HTTPStatus.REQUEST_TIMEOUT:
        known = TransientFailure("X did not wait for the whole image.", code=FailureCode.MEDIA_UPLOAD_FAILED)
    return known or media_refused(f"X refuses an image (HTTP {response.status}).")
