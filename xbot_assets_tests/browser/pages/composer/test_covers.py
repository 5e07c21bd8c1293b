"""What may lie over the Post button, one kind after another, in real Chromium: closed as a person would, or named."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, async_playwright

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.pages.composer import covers
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError
from xbot_assets.settings import load_settings

AT_ONCE = 6
GIVEN_UP = 2.0
COMPOSER = """<body style="margin:0"><div role="dialog" id="own" style="position:fixed;left:50px;top:50px;width:500px;
height:300px;background:#eee"><button data-testid="app-bar-close" aria-label="Close" onclick="lost=1">x</button>
<div contenteditable="true" data-testid="tweetTextarea_0" style="height:100px">hi</div><button
data-testid="tweetButton" style="position:absolute;right:10px;bottom:10px;width:80px;height:40px"
onclick="pressed=1">Post</button></div><script>var lost=0,pressed=0,chosen=0,listens=0;
document.addEventListener("keydown",(e)=>{if(e.key==="Escape"&&!listens)lost=1})</script>"""
FULL = "position:fixed;left:0;top:0;width:100%;height:100%;background:rgba(0,0,0,.3)"
OVER = "position:fixed;left:300px;top:250px;width:400px;height:200px;background:#fff"
CHOICE = '<button onclick="chosen=1">Accept all</button>'
GOES = 'onclick="b.remove()"'
ON_ESCAPE = '<script>listens=1;document.addEventListener("keydown",(e)=>e.key==="Escape"&&b.remove())</script>'


def over(inside: str, marks: str = "") -> str:
    """Draw something over the button."""
    return f'<div id="b" {marks} style="{OVER}">{inside}</div>'


CLOSED = {
    "a sign": over(f"We use cookies {CHOICE}<button {GOES}>\u00d7</button>"),
    "another sign": over(f'New! <span role="button" tabindex="0" {GOES}>\u2715</span>'),
    "a title": over(f'New! <button title="Close" {GOES}>.</button>').replace(">.<", "><svg width=9></svg><"),
    "an icon's title": over(f"New! <button {GOES}><svg width=9 height=9><title>Close</title></svg></button>"),
    "more words": over(f'New! <button aria-label="Close banner" {GOES}>.</button>'),
    "a link": over(f'New! <a href="#" aria-label="Close" {GOES}>x</a>'),
    "small letters": over(f"New! <button {GOES}>close</button>"),
    "a test id": over(f'New! <button data-testid="closeButton" {GOES}>.</button>'),
    "Polish": over(f'Nowe <button aria-label="Zamknij" {GOES}>x</button>'),
    "a dialog that hears Escape": over("Sheet", 'role="dialog" aria-modal="true"') + ON_ESCAPE,
    "a list": over('<div role="option">@ann</div>', 'role="listbox"') + ON_ESCAPE,
    "a menu": over('<div role="menuitem">one</div>', 'role="menu"') + ON_ESCAPE,
    "a mask beside its sheet": f'<div data-testid="mask" style="{FULL}" onclick="this.remove();b.remove()"></div>'
    + over("Sheet", 'role="dialog"')
    + "<script>listens=1</script>",
    "the browser's own dialog": f'<dialog id="b">Hello {CHOICE}</dialog><script>b.showModal();listens=1</script>',
    "a frame": f'<iframe id="b" style="{OVER}" srcdoc="Sign in <button aria-label=Close '
    "onclick='parent.b.remove()'>x</button>\"></iframe>",
    "a shadow root": over("") + "<script>b.attachShadow({mode:'open'}).innerHTML="
    "\"Consent <button aria-label=Close onclick='b.remove()'>x</button>\"</script>",
    "a sheet to put off": over(f"Turn on notifications {CHOICE}<button {GOES}>Not now</button>"),
    "what hovers": over("Ann", 'data-testid="HoverCard"')
    + "<script>document.addEventListener('mousemove',(e)=>e.clientX<99&&b.remove())</script>",
    "a note in the composer": over(f'New <button aria-label="Close" {GOES}>x</button>') + "<script>own.append(b);"
    "b.style.cssText='position:absolute;right:0;bottom:0;width:200px;height:99px;background:#fff'</script>",
    "a toast": over("Saved", 'role="alert"') + "<script>setTimeout(()=>b.remove(),900)</script>",
}
NAMED = {
    "a choice": (over(f"We use cookies {CHOICE}"), "We use cookies Accept all"),
    "a frame without a way out": (
        f'<iframe id="b" title="Sign in with Google" style="{OVER}" srcdoc="<button>Continue</button>"></iframe>',
        "Sign in with Google",
    ),
    "nothing to read": (f'<div id="veil" style="{FULL}"></div>', "<div id=veil> without words"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one page: the failure, and what was lost, pressed or chosen on the way."""

    failure: ProductError | None
    harm: int


async def _reach(browser: Browser, cover: str, limit: asyncio.Semaphore) -> Seen:
    async with limit:
        page, failure = await browser.new_page(), None
        await page.set_content(COMPOSER + cover)
        try:
            await covers.reach(page, page.get_by_test_id("tweetButton"), "The Post button", Attempt(60))
        except ProductError as error:
            failure = error
        harm: int = await page.evaluate("lost + pressed + chosen")
        await page.close()
        return Seen(failure, harm)


async def _reach_all(pages: dict[str, str]) -> dict[str, Seen]:
    limit = asyncio.Semaphore(AT_ONCE)
    async with async_playwright() as playwright:
        path = find_browser(load_settings({}, use_parts=False))
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        seen = await asyncio.gather(*(_reach(browser, cover, limit) for cover in pages.values()))
        await browser.close()
    return dict(zip(pages, seen, strict=True))


@pytest.fixture(scope="module")
def closed() -> dict[str, Seen]:
    """Reach the button below everything that can be closed."""
    return asyncio.run(_reach_all(CLOSED))


@pytest.fixture(scope="module")
def named() -> Iterator[dict[str, Seen]]:
    """Give up early on what cannot be closed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covers, "REACH_SECONDS", GIVEN_UP)
        yield asyncio.run(_reach_all({name: cover for name, (cover, _) in NAMED.items()}))


@pytest.mark.parametrize("kind", CLOSED)
def test_a_cover_is_closed_as_a_person_would_and_nothing_is_chosen(closed: dict[str, Seen], kind: str) -> None:
    """The composer stays, its button is not pressed, and no question is answered."""
    assert closed[kind] == Seen(None, 0)


@pytest.mark.parametrize("kind", NAMED)
def test_a_cover_that_cannot_be_closed_is_named(named: dict[str, Seen], kind: str) -> None:
    """By its words, by the title of its frame, or as what it is."""
    failure, words = named[kind].failure, NAMED[kind][1]
    assert failure is not None
    assert (failure.code, named[kind].harm) == (FailureCode.PAGE_COVERED, 0)
    assert words in failure.reason
