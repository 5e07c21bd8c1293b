"""Writes one post: adds its images, types it, reads it back, clicks once, and takes X's own answer as the witness."""

import asyncio
from typing import Final

from playwright.async_api import Locator, Page, Request, Response
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.graphql import created_id
from xbot_assets.browser.pages.media import attach, check_attached
from xbot_assets.browser.pages.refusals import no_witness, publish_refusal
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import open_page
from xbot_assets.browser.pages.traffic import Traffic, body_of, operation_of
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.x.answers import Published
from xbot_assets.x.operations import Publish

_BUTTON: Final = '[data-testid="tweetButton"]'
_EDITOR: Final = '[data-testid="tweetTextarea_0"]'
_SUGGESTIONS: Final = '[data-testid="typeaheadResult"], [id^="typeaheadDropdown"]'
_KEEP_DRAFT: Final = '[data-testid="confirmationSheetCancel"]'
_CREATES = frozenset({"CreateTweet", "CreateNoteTweet"})
TYPING_TRIES = 2
"""A suggestion list that opens between two keys can swallow one; a second try types it all again."""
BUTTON_SECONDS = 3.0
"""The button is enabled within a moment of typing; one that is not refuses the text."""
ANSWER_RESERVE_SECONDS = 1.0
"""Kept back from the deadline, so that "unknown" is answered rather than lost."""

_READ_BACK = """(editor) => {
  const blocks = editor.querySelectorAll('[data-block="true"]');
  return blocks.length ? [...blocks].map((block) => block.textContent).join("\\n") : editor.innerText;
}"""
_ENABLED = """(button) => !button.disabled && button.getAttribute("aria-disabled") !== "true" """


async def publish(page: Page, site: Site, operation: Publish, attempt: Attempt) -> Published:
    """Publish one post or reply with exactly one click, or everything but the click (shadow mode).

    Raises:
        PermanentFailure: before the click, ``typed_text_differs``, ``post_button_disabled``, ``media_refused`` or
            ``alt_text_differs``; after it, what X refused for good.
        BudgetFailure: ``daily_limit``.
        TransientFailure: nothing was clicked, or X limits the rate.
        UnknownOutcome: the click was made and X's answer proves nothing.
    """
    url = site.compose(operation.in_reply_to)
    await open_page(page, url, "compose", traffic=Traffic(page), seconds=attempt.remaining)
    button = page.locator(_BUTTON).first
    if operation.images:  # before the text: an upload draws the editor anew
        await attach(page, operation.images, attempt)
    typed = await _type(page, operation.text)
    await _until_enabled(page, button)
    if operation.images:
        await check_attached(page, len(operation.images))
    if not operation.submit:
        return Published(post_id=None, permalink=None, typed_text=typed)
    await button.click(trial=True, timeout=attempt.remaining_ms)
    post_id = await _click_once(page, button, attempt)
    return Published(post_id=post_id, permalink=f"/{site.handle}/status/{post_id}", typed_text=typed)


async def _editor(page: Page) -> Locator:
    """Return the editor that the Post button belongs to: the dialog's, when the page behind has one too."""
    in_dialog = page.locator(f'[role="dialog"] {_EDITOR}')
    return in_dialog.first if await in_dialog.count() else page.locator(_EDITOR).first


async def _type(page: Page, text: str) -> str:
    """Type the text as a person's input method would, and return what the editor then holds."""
    editor, held = await _editor(page), ""
    for _try in range(TYPING_TRIES):
        await editor.click()
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.press("Backspace")
        for number, line in enumerate(_plain(text).split("\n")):
            if number:
                await _dismiss_suggestions(page)
                await page.keyboard.press("Enter")
            await page.keyboard.insert_text(line)
        await _dismiss_suggestions(page)
        held = _plain(await editor.evaluate(_READ_BACK))
        if held == _plain(text):
            return held
    raise PermanentFailure(
        f"The editor holds {len(held)} characters that are not the {len(text)} typed; nothing was clicked.",
        code=FailureCode.TYPED_TEXT_DIFFERS,
        remedy="Look at the text for characters that X's editor changes; if there are none, the editor has changed.",
    )


def _plain(text: str) -> str:
    """Undo what an editor may change without changing the post: no-break spaces, line ends, trailing space."""
    lines = text.replace("\u00a0", " ").replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


async def _dismiss_suggestions(page: Page) -> None:
    """Close the list that ``@`` and ``#`` open; without one, Escape would close the editor itself."""
    if await page.locator(_SUGGESTIONS).count():
        await page.keyboard.press("Escape")
        if await page.locator(_KEEP_DRAFT).count():
            await page.locator(_KEEP_DRAFT).click()


async def _until_enabled(page: Page, button: Locator) -> None:
    try:
        handle = await button.element_handle()
        await page.wait_for_function(_ENABLED, arg=handle, timeout=BUTTON_SECONDS * 1000)
    except PlaywrightTimeoutError as error:
        raise PermanentFailure(
            "X does not enable the Post button for this text.",
            code=FailureCode.POST_BUTTON_DISABLED,
            remedy="The text is most likely too long for this account.",
        ) from error


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
