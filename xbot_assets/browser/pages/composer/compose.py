"""Writes one post: adds its images, types it, reads it back, clicks once, and takes X's own answer as the witness."""

import asyncio
from typing import Final

from playwright.async_api import Locator, Page, Request, Response

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.composer.covers import reach
from xbot_assets.browser.pages.composer.editor import still_holds, type_text
from xbot_assets.browser.pages.composer.media import attach, check_attached
from xbot_assets.browser.pages.composer.post_button import until_ready
from xbot_assets.browser.pages.refusals import no_witness, publish_refusal
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import open_page
from xbot_assets.browser.pages.told.graphql import created_id
from xbot_assets.browser.pages.traffic import Traffic, body_of, operation_of
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.x.answers import Published
from xbot_assets.x.operations import Publish

_BUTTON: Final = '[data-testid="tweetButton"]'
_CREATES = frozenset({"CreateTweet", "CreateNoteTweet"})
ANSWER_RESERVE_SECONDS = 1.0
"""Kept back from the deadline, so that "unknown" is answered rather than lost."""


async def publish(page: Page, site: Site, operation: Publish, attempt: Attempt) -> Published:
    """Publish one post or reply with exactly one click, or everything but the click (shadow mode).

    Raises:
        PermanentFailure: before the click, ``typed_text_differs``, ``post_button_disabled``, ``media_refused`` or
            ``alt_text_differs``; after it, what X refused for good.
        BudgetFailure: ``daily_limit``.
        TransientFailure: nothing was clicked (``post_button_late``, ``page_covered`` and others), or X limits the rate.
        UnknownOutcome: the click was made and X's answer proves nothing.
    """
    url = site.compose(operation.in_reply_to)
    await open_page(page, url, "compose", traffic=Traffic(page), seconds=attempt.remaining)
    button = page.locator(_BUTTON).first
    if operation.images:  # before the text: an upload draws the editor anew
        await attach(page, operation.images, attempt)
    typed = await type_text(page, operation.text, attempt)
    await until_ready(page, button, operation.text, attempt)
    if operation.images:
        await check_attached(page, len(operation.images))
    await _reach_button(page, button, operation.text, attempt)
    if not operation.submit:
        return Published(post_id=None, permalink=None, typed_text=typed)
    post_id = await _click_once(page, button, attempt)
    return Published(post_id=post_id, permalink=f"/{site.handle}/status/{post_id}", typed_text=typed)


async def _reach_button(page: Page, button: Locator, text: str, attempt: Attempt) -> None:
    """Get whatever covers the Post button out of the way, and make sure that nothing of the text went with it."""
    if await reach(page, button, "The Post button", attempt) and not await still_holds(page, text):
        raise TransientFailure(
            "The editor does not hold the text any more after something that covered the page was closed.",
            code=FailureCode.PAGE_COVERED,
        )


async def _click_once(page: Page, button: Locator, attempt: Attempt) -> str:
    """Click, and return the id from X's answer to this click."""
    answered: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()

    def on_response(response: Response) -> None:
        if operation_of(response.url) in _CREATES and not answered.done():
            answered.set_result(response)

    def on_failed(request: Request) -> None:
        if operation_of(request.url) in _CREATES and not answered.done():
            answered.set_result(None)

    page.on("response", on_response)
    page.on("requestfailed", on_failed)
    if attempt.remaining <= ANSWER_RESERVE_SECONDS:
        raise TransientFailure("There was no time left to click and hear the answer.", code=FailureCode.DEADLINE)
    attempt.begin_click()
    async with asyncio.timeout(attempt.remaining - ANSWER_RESERVE_SECONDS):
        await button.click(no_wait_after=True, timeout=attempt.remaining_ms)
        response = await answered
        if response is None:
            raise no_witness("The connection to X broke after the click on Post.")
        body = await body_of(response)
    post_id = created_id(body)
    if post_id is None:
        raise publish_refusal(response.status, response.headers, body)
    return post_id
