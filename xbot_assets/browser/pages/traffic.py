"""Listens to a page's own calls to X's GraphQL, for refusals and for exact data. It makes no call itself."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Response

from xbot_assets.browser.pages.refusals import ABOUT_SOMEBODY, refusal_of
from xbot_assets.browser.pages.told.posts import ToldPosts

if TYPE_CHECKING:
    from xbot_assets.domain.failures import ProductError

_OPERATION = re.compile(r"/graphql/[^/]+/(\w+)")


def operation_of(url: str) -> str | None:
    """Return the name of the GraphQL operation an address calls; the id before it changes every few weeks."""
    match = _OPERATION.search(url)
    return match[1] if match else None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of X: to which operation, asked with which variables, and its JSON."""

    operation: str
    asked: Mapping[str, object]
    body: object


class Traffic:
    """The GraphQL responses of one page, from the moment this is made until the page closes."""

    def __init__(self, page: Page) -> None:
        self._refusal: ProductError | None = None
        self.told = ToldPosts()
        """What the answers told of posts."""
        self._readers: set[asyncio.Task[None]] = set()
        self._listener: Callable[[Answer], None] | None = None
        page.on("response", self._on_response)

    def listen(self, receive: Callable[[Answer], None]) -> None:
        """Hand each answer to ``receive`` from now on, whatever its operation is called, and to nobody before it."""
        self._listener = receive

    @property
    def refusal(self) -> "ProductError | None":
        """The latest refusal since the last :meth:`forget_refusal`; one that is about another account is none."""
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
        operation, body = operation_of(response.url) or "", await body_of(response)
        refusal = refusal_of(response.status, response.headers, body)
        if refusal is not None and refusal.code not in ABOUT_SOMEBODY:
            self._refusal = refusal
        self.told.hear(body)
        if body is not None and self._listener is not None:
            self._listener(Answer(operation, asked_of(response.request), body))


def asked_of(request: Request) -> Mapping[str, object]:
    """Return the variables of a call, from its address or its body; empty when they cannot be read."""
    try:
        written: object = parse_qs(urlsplit(request.url).query).get("variables", [None])[0]
        if written is None:
            sent = json.loads(request.post_data or "{}")
            written = sent.get("variables") if isinstance(sent, dict) else None
        variables = json.loads(written) if isinstance(written, str) else written
    except ValueError:  # not JSON, or not text
        return {}
    return variables if isinstance(variables, dict) else {}


async def body_of(response: Response) -> object | None:
    """Return a response's JSON, or ``None`` when it has none or the page left before it arrived."""
    try:
        body: object = await response.json()
    except (PlaywrightError, ValueError):
        return None
    return body
