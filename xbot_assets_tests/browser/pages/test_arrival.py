"""When a page that is awaited counts as there, and what is read of it at that moment, in real Chromium."""

import asyncio
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route, async_playwright

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.pages.reading import Snapshot
from xbot_assets.browser.pages.states import Wanted, open_and_read
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.settings import load_settings
from xbot_assets.testing.patience import PATIENCE

FRAME = """<title>X</title><body><a data-testid="AppTabBar_Profile_Link" href="/owner">Profile</a>
<div data-testid="primaryColumn" id="column"></div>"""
POST = """<article data-testid="tweet" tabindex="-1"><div data-testid="User-Name"><a href="/owner">@owner</a></div>
<a href="/owner/status/7"><time datetime="2026-02-03T11:13:23.000Z">now</time></a></article>"""
BAR = '<div role="group" aria-label="1 reply, 2 likes, 30 views"></div>'
IN_STEPS = f"""<script>const step = async (left) => {{
  if (left) return Promise.resolve().then(() => step(left - 1));
  document.querySelector("article").insertAdjacentHTML("beforeend", `{BAR}`);
}};
setTimeout(() => {{ column.innerHTML = `{POST}`; step(20); }}, 100);</script>"""
BY_STYLE = """<div id="ScriptLoadFailure" class="told">Something went wrong</div><style>.told { display: none }</style>
<script>setTimeout(() => document.styleSheets[0].deleteRule(0), 100);</script>"""
LEADS_ON = '<script>setTimeout(() => location.replace("/owner/status/8"), 100);</script>'
NEVER_ENDS = "<script>setTimeout(() => { for (;;); }, 100);</script>"


def awaited(pages: dict[str, str], path: str, wanted: Wanted = "status", seconds: float = PATIENCE) -> Snapshot:
    """Serve pages of the site by path, and open one of them as the product does."""
    return asyncio.run(_awaited(pages, f"https://x.com{path}", wanted, seconds))


async def answer(pages: dict[str, str], route: Route) -> None:
    """Serve what a test drew, and nothing else."""
    html = pages.get(urlsplit(route.request.url).path)
    await (route.abort() if html is None else route.fulfill(body=html, content_type="text/html"))


async def _awaited(pages: dict[str, str], url: str, wanted: Wanted, seconds: float) -> Snapshot:
    program = find_browser(load_settings({}, use_parts=False))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.route("**/*", lambda route: answer(pages, route))
        return await open_and_read(page, url, wanted, traffic=Traffic(page), seconds=seconds)


def test_a_post_that_is_drawn_in_steps_is_read_when_all_of_it_is_there() -> None:
    """What draws a page may do so in many small steps of one moment; half a post has no counts."""
    (post,) = awaited({"/owner/status/7": FRAME + IN_STEPS}, "/owner/status/7").readings()
    assert (post.counts.likes, post.counts.views) == (2, 30)


def test_what_only_a_style_sheet_shows_is_seen() -> None:
    """A page looks different without a change of its elements when a style sheet changes."""
    assert awaited({"/owner/status/7": FRAME + BY_STYLE}, "/owner/status/7").state.script_failure


def test_a_page_that_leads_on_is_awaited_where_it_leads() -> None:
    """X moves on by itself now and then; what was asked of the page before is lost with it."""
    pages = {"/owner/status/7": FRAME + LEADS_ON, "/owner/status/8": FRAME.replace('id="column">', f">{POST}")}
    assert awaited(pages, "/owner/status/7").state.path == "/owner/status/8"


def test_a_page_whose_program_never_ends_is_still_loading_when_the_time_is_up() -> None:
    """Such a page answers no question; whoever waits for it is told instead of waiting with it."""
    with pytest.raises(TransientFailure, match="still loading") as caught:
        awaited({"/owner/status/7": FRAME + NEVER_ENDS}, "/owner/status/7", seconds=2.0)
    assert caught.value.code == "loading"
