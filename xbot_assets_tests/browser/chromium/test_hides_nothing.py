"""The browser says that it is automated: nothing of what Playwright makes it say is taken away or painted over."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.async_api import Page, async_playwright

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.chromium.launcher import FLAGS, Launcher
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.session.login import LoginWindow, log_in
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import load_settings
from xbot_assets.testing.processes import asked
from xbot_assets_tests.browser.pool_rig import an_operation, running_pool
from xbot_assets_tests.browser.tiny_site import TinySite, tiny_site

SELF = """() => [navigator.webdriver, navigator.userAgent, navigator.plugins.length, navigator.platform,
  navigator.hardwareConcurrency, Object.getOwnPropertyNames(navigator).length,
  navigator.userAgentData ? JSON.stringify(navigator.userAgentData.brands) : null]"""
"""What pages look at to tell a program from a person; own properties of navigator would be painted over."""
SANDBOXING = {"--no-sandbox"}
"""May be missing from ours: Chromium's sandbox is on wherever it can be."""


@pytest.fixture(scope="module")
def site() -> Iterator[TinySite]:
    """Serve one site for the module."""
    with tiny_site() as served:
        yield served


def arguments() -> set[str]:
    """Return the arguments of this process's Chromium, without those that differ from start to start."""
    lines = asked(psutil.Process().children(recursive=True), lambda child: child.cmdline()).values()
    line = next(line for line in lines if "--remote-debugging-pipe" in line and "--headless" in " ".join(line))
    return {word for word in line[1:] if word.startswith("--") and not word.startswith("--user-data-dir=")}


async def plain(url: str) -> tuple[set[str], object]:
    """Return the arguments and the page's view of the same Chromium as Playwright alone starts it."""
    async with async_playwright() as playwright:
        binary = find_browser(load_settings({}, use_parts=False))
        browser = await playwright.chromium.launch(executable_path=binary)
        page = await browser.new_page()
        await page.goto(url)
        seen = arguments(), await page.evaluate(SELF)
        await browser.close()
        return seen


def test_the_hosts_browser_is_the_one_that_playwright_starts(site: TinySite, tmp_path: Path) -> None:
    """It differs by the named flags, which keep it off the network; every page can see that it is automated."""

    async def ours() -> tuple[set[str], object]:
        async with running_pool(site.url, tmp_path) as pool, an_operation(pool) as (_, page):
            await page.goto(f"{site.url}/home")
            return arguments(), await page.evaluate(SELF)

    bare, seen_bare = asyncio.run(plain(f"{site.url}/home"))
    own, seen = asyncio.run(ours())
    assert own - bare <= set(FLAGS)
    assert bare - own <= SANDBOXING
    assert seen == seen_bare
    assert isinstance(seen, list)
    assert seen[0] is True


def test_the_named_flags_change_nothing_that_a_page_can_see() -> None:
    """A new flag has to be looked at here: none may hide automation or change a fingerprint."""
    hiding = ("blink", "automation", "user-agent", "lang", "webgl", "webrtc", "proxy", "fingerprint", "stealth")
    assert [flag for flag in FLAGS if any(word in flag for word in hiding)] == []
    assert [flag for flag in FLAGS if not flag.startswith(("--disable-", "--metrics-", "--no-"))] == []


def test_the_login_window_says_that_it_is_automated(site: TinySite, tmp_path: Path) -> None:
    """Also where the owner types; a site that refuses it is not argued with."""
    seen: list[object] = []
    own: set[str] = set()

    async def look(page: Page) -> None:
        seen.append(await page.evaluate(SELF))
        own.update(arguments())
        await page.close()

    launcher = Launcher(find_browser(load_settings({}, use_parts=False)), None, tmp_path, weaker=True)
    with pytest.raises(PermanentFailure):
        asyncio.run(log_in(LoginWindow(launcher, Site(site.url, "somebody"), 30, lambda _: None), look))
    bare, seen_bare = asyncio.run(plain(f"{site.url}/home"))
    assert seen == [seen_bare]
    assert own - bare <= set(FLAGS)
    assert bare - own <= SANDBOXING
