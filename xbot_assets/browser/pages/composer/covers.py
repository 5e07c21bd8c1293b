"""Makes a field or button reachable: waits for it, and gets what covers it out of the way as a person would.

Only for the time before a post is submitted. Pressed are Escape, the cover's own close button, and the space beside a
sheet: none of them can submit, choose or discard anything.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from playwright.async_api import ElementHandle, JSHandle, Locator, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from pydantic import BaseModel, ConfigDict

from xbot_assets.browser.attempt import Attempt
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError, TransientFailure

REACH_SECONDS = 10.0
"""What covers a button for longer, and cannot be closed, does not go by itself."""
LOOK_SECONDS = 0.5
"""Between two looks at what covers it; a list or a sheet needs a moment to close."""
PRESS_SECONDS = 2.0
WAYS_MAX = 8
"""More ways past than any page was seen to need: a page that covers itself anew each time is given up."""
SUGGESTIONS: Final = '[data-testid="typeaheadResult"], [id^="typeaheadDropdown"]'
_BESIDE = {"x": 4.0, "y": 4.0}
_CLOSE_WORDS = (
    "Close", "Dismiss", "Schließen", "Fermer", "Cerrar", "Fechar", "Chiudi", "Sluiten", "閉じる", "关闭", "關閉",
    "닫기", "Закрыть", "Закрити", "Zamknij", "Zavřít", "Zavrieť", "Kapat", "إغلاق", "סגירה", "סגור", "Tutup", "ปิด",
    "Đóng", "बंद करें", "Stäng", "Lukk", "Luk", "Sulje", "Bezárás", "Închide", "Κλείσιμο", "Tanca", "Zatvori", "Затваряне",
)  # fmt: skip
"""What a close button is called in the languages that X is shown in; its test id is tried first."""

_COVER = """(target, [suggestions, closeWords, notNow]) => {
  const box = target.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (!hit || target.contains(hit) || hit.contains(target)) return null;
  const MODAL = '[aria-modal="true"], [role="dialog"], [role="alertdialog"], [role="menu"], dialog[open], ' +
    '[data-testid="sheetDialog"]';
  let root = hit;
  while (root.parentElement && !root.parentElement.contains(target)) root = root.parentElement;
  const list = hit.closest('[role="listbox"]') || hit.closest(suggestions);
  const mixed = root.querySelector('[contenteditable="true"]') !== null;
  if (list || mixed) root = list || hit;
  const modal = root.matches(MODAL) ? root : root.querySelector(MODAL);
  const deep = (node) =>
    [...node.querySelectorAll("*")].flatMap((e) => (e.shadowRoot ? [e, ...deep(e.shadowRoot)] : [e]));
  const within = [root, ...(root.shadowRoot ? deep(root.shadowRoot) : []), ...deep(root)];
  const squeeze = (text) => (text || "").replace(/\\s+/g, " ").trim();
  const attribute = (element, name) => squeeze(element.getAttribute(name));
  const title = (element) => squeeze((element.querySelector("svg > title") || {}).textContent);
  const label = (element) => attribute(element, "aria-label") || squeeze(element.innerText) ||
    attribute(element, "title") || title(element) || attribute(element, "alt");
  const shown = (element) => element.getClientRects().length > 0;
  const testid = (element) => element.dataset.testid || "";
  const words = closeWords.map((word) => word.toLowerCase());
  const says = (text) => words.some((word) => text === word || text.startsWith(word + " ")) ||
    /^[x\u00d7\u2715\u2716\u2717\u2573\u274c\u2a2f]\ufe0f?$/.test(text);
  const closes = (button) => /(^|[-_])(close|dismiss)|(Close|Dismiss)/.test(testid(button)) ||
    says(label(button).toLowerCase());
  const later = (button) => notNow.includes(label(button).toLowerCase());
  const own = target.closest('[role="dialog"]');
  const leaves = (button) => testid(button) === "app-bar-close" && own !== null && own.contains(button);
  const kept = (button) => leaves(button) || /^(tweetButton|confirmationSheet)/.test(testid(button));
  const BUTTON = 'button, [role="button"], a[href="#"], a:not([href])';
  const buttons = within.filter((e) => e.matches(BUTTON) && shown(e) && !kept(e));
  const after = (mask) => !own || Boolean(own.compareDocumentPosition(mask) & Node.DOCUMENT_POSITION_FOLLOWING);
  const MASK = '[data-testid="mask"]';
  const masks = [...root.querySelectorAll(MASK), ...document.querySelectorAll(MASK)];
  const frame = hit.nodeName === "IFRAME" ? hit : null;
  const described = `<${hit.nodeName.toLowerCase()}${hit.id ? " id=" + hit.id : ""}> without words`;
  const inside = within.filter((e) => e.getRootNode() !== document && !e.childElementCount).map((e) => e.innerText);
  const own_words = squeeze((modal || root).innerText) || squeeze(inside.join(" ")) || label(root) || testid(root);
  return {
    name: (own_words || (frame && (attribute(frame, "title") || frame.src)) || described).slice(0, 80),
    list: Boolean(list),
    modal: Boolean(modal),
    hovers: Boolean(hit.closest('[role="tooltip"], [data-testid="HoverCard"]')),
    close: buttons.find(closes) || buttons.find(later) || null,
    mask: modal ? masks.find((mask) => !mask.contains(target) && after(mask)) || null : null,
    frame,
  };
}"""
"""In whatever root the button for closing lies: also below a shadow root. A mask before our own dialog is our own's."""
_NOT_NOW = ("not now", "maybe later", "no thanks", "jetzt nicht", "pas maintenant", "ahora no", "agora não", "non ora")
"""Says no to nothing but the moment; pressed where there is nothing else to press."""
_TOLD = "({name, list, modal, hovers}) => ({name, list, modal, hovers})"


class _Way(StrEnum):
    ESCAPE = "escape"
    CLOSE = "close"
    BESIDE = "beside"
    ASIDE = "aside"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    list: bool
    modal: bool
    hovers: bool


@dataclass(frozen=True, slots=True)
class _Cover:
    """What lies over a button: its words, its close button, and the space beside it."""

    told: _Told
    close: ElementHandle | None
    mask: ElementHandle | None

    def ways(self) -> Iterable[_Way]:
        """Yield the ways past it. Escape is for what listens to it: over a mere banner it would close the composer."""
        if self.close is not None:
            yield _Way.CLOSE
        if self.told.list or self.told.modal:
            yield _Way.ESCAPE
        if self.mask is not None:
            yield _Way.BESIDE
        if self.told.hovers:
            yield _Way.ASIDE


async def reach(page: Page, target: Locator, what: str, attempt: Attempt) -> bool:
    """Wait until a click would meet ``target``; return whether anything had to be pressed for that.

    Args:
        page: the page.
        target: what shall be clicked.
        what: its name in a sentence, as "The Post button".
        attempt: its remaining time bounds the wait.

    Raises:
        TransientFailure: ``page_covered``, with the words of what covers it; ``page_timeout`` when nothing does.
    """
    limit = min(REACH_SECONDS * 1000, attempt.remaining_ms)
    trying = asyncio.ensure_future(target.click(trial=True, timeout=limit))
    pressed, cover = 0, None
    try:
        while not (await asyncio.wait({trying}, timeout=LOOK_SECONDS))[0]:
            cover = await _cover_of(target)
            if cover is not None and pressed < WAYS_MAX:
                pressed += await _get_past(page, cover, pressed)
        await trying
    except PlaywrightTimeoutError as error:
        raise _unreachable(what, cover, limit / 1000) from error
    finally:
        trying.cancel()
        await asyncio.gather(trying, return_exceptions=True)
    return pressed > 0


async def _cover_of(target: Locator) -> _Cover | None:
    """Return what lies over the middle of it; ``None`` also when the page moves on meanwhile."""
    try:
        words = [SUGGESTIONS, list(_CLOSE_WORDS), list(_NOT_NOW)]
        given = await target.evaluate_handle(_COVER, words, timeout=PRESS_SECONDS * 1000)
        if await given.evaluate("(cover) => cover === null"):
            return None
        told = _Told.model_validate(await given.evaluate(_TOLD))
        close = await _element(given, "close") or await _close_in(await _element(given, "frame"))
        return _Cover(told, close, await _element(given, "mask"))
    except PlaywrightTimeoutError:
        return None


async def _close_in(holder: ElementHandle | None) -> ElementHandle | None:
    """Return the close button inside a frame of another page."""
    frame = await holder.content_frame() if holder is not None else None
    if frame is None:
        return None
    quoted = ", ".join(f'[aria-label^="{word}" i], [title^="{word}" i]' for word in _CLOSE_WORDS)
    return await frame.query_selector(f":is(button, [role=button], div[tabindex]):is({quoted}, #close)")


async def _element(given: JSHandle, name: str) -> ElementHandle | None:
    return (await given.get_property(name)).as_element()


async def _get_past(page: Page, cover: _Cover, pressed: int) -> int:
    """Try the next of the ways past it, and return how many were tried: none when there is none."""
    ways = tuple(cover.ways())
    if not ways:
        return 0
    way, timeout = ways[pressed % len(ways)], PRESS_SECONDS * 1000
    try:
        if way is _Way.CLOSE and cover.close is not None:
            await cover.close.click(timeout=timeout)
        elif way is _Way.BESIDE and cover.mask is not None:
            await cover.mask.click(timeout=timeout, position={"x": _BESIDE["x"], "y": _BESIDE["y"]})
        elif way is _Way.ASIDE:
            await page.mouse.move(_BESIDE["x"], _BESIDE["y"])
        else:
            await page.keyboard.press("Escape")
    except PlaywrightTimeoutError:
        return 1
    except PlaywrightError as error:
        if "not attached" not in str(error):  # it went by itself between the look and the click
            raise
    return 1


def _unreachable(what: str, cover: _Cover | None, seconds: float) -> ProductError:
    if cover is None:
        reason = f"{what} could not be clicked within {seconds:g} s: the page does not hold still. Nothing was clicked."
        return TransientFailure(reason, code=FailureCode.PAGE_TIMEOUT)
    return TransientFailure(
        f"{what} is covered by something that says '{cover.told.name}' and does not close; nothing was clicked.",
        code=FailureCode.PAGE_COVERED,
        remedy="It is tried again. If it stays, log in by hand and close what X shows there.",
    )
