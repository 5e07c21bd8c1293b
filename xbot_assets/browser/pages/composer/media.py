"""Puts images and their alternative texts into the composer, and checks that the page holds them. No click on Post."""

import asyncio
import re
import time
from collections.abc import Sequence
from typing import Final

from playwright.async_api import FilePayload, Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from pydantic import BaseModel, ConfigDict

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.composer.covers import reach
from xbot_assets.browser.pages.composer.uploads import Uploads, media_refused
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, failure_of
from xbot_assets.domain.posts.images import told_size
from xbot_assets.x.operations import Image

_FILE_INPUT: Final = 'input[data-testid="fileInput"]'
_DESCRIBE: Final = '[role="dialog"] [data-testid="altTextWrapper"]'
_ALT_INPUT: Final = '[data-testid="altTextInput"]'
_ALT_EXPLAINED: Final = '[data-testid="altTextEducationSheetPrimaryAction"]'
_SAVE: Final = '[data-testid="endEditingButton"]'
_TURN: Final = f"{_SAVE} >> xpath=preceding-sibling::*//button"
"""The buttons to the previous and the next image stand before Save; they have no test id."""
UPLOAD_SECONDS = 60.0
"""Four images of 5 MB over a slow line, and X's processing of them; a page that needs longer hangs."""
WRITING_RESERVE_SECONDS = 5.0
"""Kept back from the deadline for what follows: the text, the click and X's answer."""
POLL_SECONDS = 0.05
"""Between two looks at a page that still uploads; each look takes a few milliseconds of the page's time."""
DIALOG_SECONDS = 5.0
"""The dialog for alternative texts opens and closes within a moment; it loads nothing."""
DESCRIBING_TRIES = 2
"""A page that draws itself anew between two keys can lose them; a second try writes all the texts again."""

_OF_FILES = frozenset({FailureCode.MEDIA_REFUSED, FailureCode.MEDIA_UPLOAD_FAILED, FailureCode.MEDIA_UPLOAD_SLOW})
_ABOUT_FILES = re.compile("media|photo|image|file|gif", re.IGNORECASE)
"""Words of a toast that refuses a file; any other toast only says that something went wrong meanwhile."""

_SHOWN = """() => {
  const dialog = document.querySelector('[role="dialog"]:has([data-testid="tweetTextarea_0"])') || document;
  const box = dialog.querySelector('[data-testid="attachments"]');
  const all = (selector) => (box ? [...box.querySelectorAll(selector)] : []);
  const toast = document.querySelector('[data-testid="toast"]');
  return {
    images: all('img[src^="blob:"]').length,
    busy: all('[role="progressbar"]').some((bar) => bar.getClientRects().length),
    said: toast ? toast.innerText.replace(/\\s+/g, " ").trim().slice(0, 200) : "",
  };
}"""


class _Shown(BaseModel):
    """What the composer shows: images, whether one of them still goes up, and the words of a toast."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    images: int
    busy: bool
    said: str


async def attach(page: Page, images: Sequence[Image], attempt: Attempt) -> None:
    """Add the images in order, wait until X has processed them, and set their alternative texts.

    Raises:
        PermanentFailure: ``media_refused``; ``alt_text_differs``, when the page does not keep a text as it was given.
        TransientFailure: an upload failed or took too long, something covers the page, or the dialog for the texts did
            not open.
    """
    uploads = Uploads(page)
    files = [FilePayload(name=i.file_name, mimeType=i.mime_type, buffer=i.data) for i in images]
    await (await _file_input(page)).set_input_files(files)
    try:
        await _until_processed(page, uploads, len(images), attempt)
    except ProductError as failure:
        raise _naming(failure, images) from failure
    texts = [image.alt_text for image in images]
    if any(texts):
        await _describe(page, texts, attempt)


async def check_attached(page: Page, wanted: int) -> None:
    """Make sure that the composer shows as many images as were added, with nothing left to do.

    Raises:
        TransientFailure: ``images_differ``.
    """
    shown = await _shown(page)
    if shown.images != wanted or shown.busy:
        reason = f"The page shows {shown.images} images instead of {wanted} before the click; nothing was clicked."
        raise TransientFailure(reason, code=FailureCode.IMAGES_DIFFER)


async def _file_input(page: Page) -> Locator:
    """Return the input that the dialog's composer owns; the page behind it may have one too."""
    in_dialog = page.locator(f'[role="dialog"] {_FILE_INPUT}')
    return in_dialog.first if await in_dialog.count() else page.locator(_FILE_INPUT).first


async def _shown(page: Page) -> _Shown:
    return _Shown.model_validate(await page.evaluate(_SHOWN))


async def _until_processed(page: Page, uploads: Uploads, wanted: int, attempt: Attempt) -> None:
    """Wait until X has answered for every image and the page shows them all at rest."""
    end = time.monotonic() + min(UPLOAD_SECONDS, attempt.remaining - WRITING_RESERVE_SECONDS)
    while True:
        shown = await _shown(page)
        if shown.said and shown.images < wanted:
            await uploads.drained()
        if uploads.failure is not None:
            raise uploads.failure
        if shown.said and shown.images < wanted:
            raise _said(shown.said)
        if shown.images == wanted and not shown.busy and uploads.processed == wanted:
            return
        if time.monotonic() > end:
            raise _slow(shown, uploads.processed, wanted)
        await asyncio.sleep(POLL_SECONDS)


def _naming(failure: ProductError, images: Sequence[Image]) -> ProductError:
    """Say of a failure about files which files they were; X itself does not say which of them it means."""
    if failure.code not in _OF_FILES:
        return failure
    named = ", ".join(f"{image.file_name} ({image.mime_type}, {told_size(len(image.data))})" for image in images)
    return failure_of(failure.kind, f"{failure.reason} Given: {named}.", code=failure.code, remedy=failure.remedy)


def _said(words: str) -> ProductError:
    if _ABOUT_FILES.search(words):
        return media_refused(f"X's page refuses an image: {words}")
    return TransientFailure(f"While images went up, X's page said: {words}", code=FailureCode.MEDIA_UPLOAD_FAILED)


def _slow(shown: _Shown, processed: int, wanted: int) -> TransientFailure:
    reason = f"After the time for uploads, X had {processed} of {wanted} images and the page showed {shown.images}."
    return TransientFailure(reason, code=FailureCode.MEDIA_UPLOAD_SLOW)


async def _describe(page: Page, texts: Sequence[str], attempt: Attempt) -> None:
    """Write all texts, and read them back from the dialog opened anew: only what Save kept is there then."""
    wanted, held = [_plain(text) for text in texts], [""]
    await reach(page, page.locator(_DESCRIBE).first, "The link for image descriptions", attempt)
    try:
        for _try in range(DESCRIBING_TRIES):
            await _in_dialog(page, len(texts), texts)
            held = await _in_dialog(page, len(texts), None)
            if held == wanted:
                return
    except PlaywrightTimeoutError as error:
        reason = "X's page did not open, or did not close, its dialog for image descriptions."
        raise TransientFailure(reason, code=FailureCode.ALT_TEXT_UNAVAILABLE) from error
    differ = sum(kept != asked for kept, asked in zip(held, wanted, strict=True))
    raise PermanentFailure(
        f"The page keeps {differ} of {len(texts)} image descriptions differently; nothing was clicked.",
        code=FailureCode.ALT_TEXT_DIFFERS,
        remedy="Shorten the descriptions, or remove characters that X changes.",
    )


async def _in_dialog(page: Page, count: int, texts: Sequence[str] | None) -> list[str]:
    """Open the dialog, write the texts if there are any, save, and return what it held for each image."""
    await _open_dialog(page, count)
    field, held = page.locator(_ALT_INPUT).first, []
    for number in range(count):
        if number:
            await page.locator(_TURN).last.click(timeout=DIALOG_SECONDS * 1000)
        if texts is not None:
            await field.fill(texts[number], timeout=DIALOG_SECONDS * 1000)
        held.append(_plain(await field.input_value(timeout=DIALOG_SECONDS * 1000)))
    await page.locator(_SAVE).click(timeout=DIALOG_SECONDS * 1000)
    await field.wait_for(state="detached", timeout=DIALOG_SECONDS * 1000)
    return held


async def _open_dialog(page: Page, count: int) -> None:
    """Open the dialog at the first image; X explains itself to whoever opens it for the first time."""
    await page.locator(_DESCRIBE).first.click(timeout=DIALOG_SECONDS * 1000)
    await page.locator(_ALT_INPUT).first.wait_for(timeout=DIALOG_SECONDS * 1000)
    explained = page.locator(_ALT_EXPLAINED)
    if await explained.count():
        await explained.click(timeout=DIALOG_SECONDS * 1000)
    previous = page.locator(_TURN).first
    for _turn in range(count - 1):
        if not await previous.is_enabled(timeout=DIALOG_SECONDS * 1000):
            break
        await previous.click(timeout=DIALOG_SECONDS * 1000)


def _plain(text: str) -> str:
    """Undo what a text field does to a text: line ends, and white space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
