"""Types a text into X's editor as a person's input method would, and reads back what the editor holds."""

import contextlib
import re
from typing import Final

from playwright.async_api import Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.composer.covers import SUGGESTIONS, reach
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

TYPING_TRIES = 2
"""A suggestion list that opens between two keys can swallow one; a second try types it all again."""
SUGGESTION_SECONDS = 1.5
"""A list of suggestions that X has not shown by then does not come: it asks its server for the names."""
CLOSING_SECONDS = 1.0
_EDITOR: Final = '[data-testid="tweetTextarea_0"]'
_TAG_AT_END = re.compile(r"(?:^|[^\w&/])[#＃@＠$][\w]+$")  # noqa: RUF001 - X takes the wide signs too
"""A hashtag, name or cashtag that is still being written, as far as the page can know."""

_READ_BACK = """(editor) => {
  const blocks = editor.querySelectorAll('[data-block="true"]');
  return blocks.length ? [...blocks].map((block) => block.textContent).join("\\n") : editor.innerText;
}"""


async def type_text(page: Page, text: str, attempt: Attempt) -> str:
    """Type the text, and return what the editor then holds.

    Raises:
        PermanentFailure: ``typed_text_differs``.
        TransientFailure: ``page_covered`` or ``page_timeout``, when the editor cannot be reached.
    """
    editor, held = await _editor(page), ""
    for _try in range(TYPING_TRIES):
        await reach(page, editor, "The editor", attempt)
        await editor.click(timeout=attempt.remaining_ms)
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.press("Backspace")
        await _insert(page, _plain(text).split("\n"))
        held = _plain(await editor.evaluate(_READ_BACK))
        if held == _plain(text):
            return held
    raise PermanentFailure(
        f"The editor holds {len(held)} characters that are not the {len(text)} typed; nothing was clicked.",
        code=FailureCode.TYPED_TEXT_DIFFERS,
        remedy="Look at the text for characters that X's editor changes; if there are none, the editor has changed.",
    )


async def still_holds(page: Page, text: str) -> bool:
    """Say whether the editor holds this text, after something else was pressed."""
    return _plain(await (await _editor(page)).evaluate(_READ_BACK)) == _plain(text)


async def _editor(page: Page) -> Locator:
    """Return the editor that the Post button belongs to: the dialog's, when the page behind has one too."""
    in_dialog = page.locator(f'[role="dialog"] {_EDITOR}')
    return in_dialog.first if await in_dialog.count() else page.locator(_EDITOR).first


async def _insert(page: Page, lines: list[str]) -> None:
    for number, line in enumerate(lines):
        if number:
            await page.keyboard.press("Enter")
        await page.keyboard.insert_text(line)
        await _close_suggestions(page, line)


async def _close_suggestions(page: Page, line: str) -> None:
    """Close the list that ``@`` and ``#`` open, awaiting one that is due; without one, Escape would close the editor.

    An open list takes Enter for a choice, and covers the Post button.
    """
    shown = page.locator(SUGGESTIONS).first
    if _TAG_AT_END.search(line):
        with contextlib.suppress(PlaywrightTimeoutError):
            await shown.wait_for(state="visible", timeout=SUGGESTION_SECONDS * 1000)
    if await shown.is_visible():
        await page.keyboard.press("Escape")
        with contextlib.suppress(PlaywrightTimeoutError):  # what does not close is told by name at the Post button
            await shown.wait_for(state="hidden", timeout=CLOSING_SECONDS * 1000)


def _plain(text: str) -> str:
    """Undo what an editor may change without changing the post: no-break spaces, line ends, trailing space."""
    lines = text.replace("\u00a0", " ").replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()
