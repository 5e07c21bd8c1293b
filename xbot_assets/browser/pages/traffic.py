"""Listens to a page's own calls to X's GraphQL, for refusals and for exact data. It makes no call itself."""

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response

from xbot_assets.browser.pages.refusals import refusal_of
from xbot_assets.browser.pages.told_posts import ToldPosts

if TYPE_CHECKING:
    from xbot_assets.domain.failures import ProductError

_OPERATION = re.compile(r"/graphql/[^/]+/(\w+)")


def operation_of(url: str) -> str | None:
    """Return the name of the GraphQL operation an address calls; the id before it changes every few weeks."""
    match = _OPERATION.search(url)
    return match[1] if match else None


class Traffic:
    """The GraphQL responses of one page, from the moment this is made until the page closes."""

    def __init__(self, page: Page) -> None:
        self._refusal: ProductError | None = None
        self.told = ToldPosts()
        """What the answers told of posts."""
        self._readers: set[asyncio.Task[None]] = set()
        self._wanted: dict[str, Callable[[object], None]] = {}
        page.on("response", self._on_response)

    def want(self, operation: str, receive: Callable[[object], None]) -> None:
        """Hand each JSON body that answers ``operation`` to ``receive``."""
        self._wanted[operation] = receive

    @property
    def refusal(self) -> "ProductError | None":
        """The latest refusal since the last :meth:`forget_refusal`."""
        return self._refusal

    def forget_refusal(self) -> None:
        """Start anew: the page is about to go somewhere else."""
        self._refusal = None

    async def drained(self) -> None:
        """Wait until the bodies already announced have been read."""
        if self._readers:
            await asyncio.gather(*self._readers)

    def _on_response(self, response: Response) -> None:
        if operation_of(response.url):
            reader = asyncio.create_task(self._read(response))
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)

    async def _read(self, response: Response) -> None:
        body = await body_of(response)
        self._refusal = refusal_of(response.status, response.headers, body) or self._refusal
        self.told.hear(body)
        receive = self._wanted.get(operation_of(response.url) or "")
        if receive is not None and body is not None:
            receive(body)


async def body_of(response: Response) -> object | None:
    """Return a response's JSON, or ``None`` when it has none or the page left before it arrived."""
    try:
        body: object = await response.json()
    except (PlaywrightError, ValueError):
        return None
    return body
