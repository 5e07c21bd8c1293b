"""A trial of the browser: one page of our own, shown in the confinement that the stack would use."""

import asyncio

from playwright.async_api import Error as PlaywrightError

from xbot_assets.browser.chromium.confinement import Confinement
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.failures import classify

PAGE = "data:text/html,<title>xbot</title>works"


def try_browser(launcher: Launcher, seconds: float) -> Confinement:
    """Show the page and return how Chromium was shut in.

    Raises:
        ProductError: when it does not start, or has not shown the page after ``seconds``.
    """
    try:
        return asyncio.run(asyncio.wait_for(_show(launcher), seconds))
    except (PlaywrightError, TimeoutError) as error:
        raise classify(error) from error


async def _show(launcher: Launcher) -> Confinement:
    engine = await launcher.start()
    try:
        page = await engine.browser.new_page()
        await page.goto(PAGE)
        return engine.confinement
    finally:
        await engine.close()
