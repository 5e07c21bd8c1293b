"""Getting the owner's session: a window in which the owner logs in by hand, or a storage state made elsewhere.

The program fills in nothing, reads no field, and only looks at pages of the site itself, to see whose account is logged
in. The browser says that it is automated, here as everywhere; a site that refuses it is not argued with.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Page, StorageState
from playwright.async_api import Error as PlaywrightError

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.chromium.launcher import Engine, Launcher
from xbot_assets.browser.failures import classify
from xbot_assets.browser.pages.reading import take
from xbot_assets.browser.pages.session import check_session
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import PageState, recognise
from xbot_assets.browser.session.failures import damaged, expired
from xbot_assets.browser.session.sealed import of_site
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.x.account_state import AccountState, other_account

LOOK_SECONDS = 0.5
"""Between two looks at whether the owner has logged in; each takes milliseconds."""
LOOK_LIMIT_SECONDS = 5.0
"""A look takes no longer: one that was under way when its page closed would otherwise wait for ever."""
CHECK_SECONDS = 60.0
"""Looking once at whether X accepts a session takes no longer; a page of X loads in seconds."""
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
NOTHING_STORED = "Nothing was stored. Run 'xbot login' again."


@dataclass(frozen=True, slots=True)
class LoginWindow:
    """What a login by hand needs.

    Attributes:
        launcher: starts the browser that the owner sees.
        site: where to log in, and as whom.
        seconds: how long the owner has.
        tell: says something to the owner.
    """

    launcher: Launcher
    site: Site
    seconds: float
    tell: Callable[[str], None]


def check_display(environ: Mapping[str, str] | None = None) -> None:
    """Check that a window can be seen.

    Raises:
        PermanentFailure: ``no_display``.
    """
    env = os.environ if environ is None else environ
    if sys.platform == "linux" and not any(env.get(name) for name in DISPLAYS):
        raise PermanentFailure(
            "There is no screen here to log in on.",
            code=FailureCode.NO_DISPLAY,
            remedy="Run it on a machine with a screen, or bring a session from one: 'xbot login --import FILE'.",
        )


async def log_in(window: LoginWindow, owner: Callable[[Page], Awaitable[None]] | None = None) -> StorageState:
    """Open the site in a window and return the session once the owner has logged in as the account.

    Args:
        window: where, as whom and for how long.
        owner: stands in for the owner's hands; tests only.

    Raises:
        ProductError: ``login_window``, ``login_timeout``, or why the site could not be shown.
    """
    async with _browser(window.launcher) as engine:
        try:
            async with asyncio.timeout(window.seconds):
                context = await engine.browser.new_context(no_viewport=True)
                page = await context.new_page()
                await page.goto(window.site.home(), wait_until="commit", timeout=CHECK_SECONDS * 1000)
                typing = asyncio.ensure_future(owner(page)) if owner else None
                state = await _when_logged_in(context, window)
                if typing is not None:
                    await typing
                return of_site(state, window.site.base)
        except TimeoutError:
            reason = f"Nobody logged in as @{window.site.handle} within {window.seconds / 60:g} minutes."
            raise PermanentFailure(reason, code=FailureCode.LOGIN_TIMEOUT, remedy=NOTHING_STORED) from None
        except PlaywrightError as error:
            raise _closed() if not engine.browser.contexts or engine.lost.is_set() else classify(error) from error


async def checked(launcher: Launcher, site: Site, state: StorageState) -> StorageState:
    """Return a session made elsewhere as the site has it after one look, in which the site said whose it is.

    Raises:
        PermanentFailure: one of ``SESSION_TROUBLE``, when it is no session, or not of this account.
        ProductError: when the site said nothing about it.
    """
    async with _browser(launcher) as engine:
        try:
            context = await engine.browser.new_context(storage_state=of_site(state, site.base))
        except PlaywrightError:
            raise damaged("is not one that Chromium takes") from None  # the error's text may quote a cookie
        page = await context.new_page()
        check = await check_session(page, site, Attempt(CHECK_SECONDS))
        if check.state != AccountState.LOGGED_IN:
            raise expired(f"is not accepted by the site, which says: {check.state.replace('_', ' ')}")
        if (check.handle or "").casefold() != site.handle.casefold():
            raise other_account(f"@{check.handle}" if check.handle else "nobody that the page names", f"@{site.handle}")
        return of_site(await context.storage_state(), site.base)


@contextlib.asynccontextmanager
async def _browser(launcher: Launcher) -> AsyncIterator[Engine]:
    try:
        engine = await launcher.start()
    except ProductError as failure:
        remedy = "Run 'xbot doctor'; on a machine without a screen, use 'xbot login --import FILE'."
        raise PermanentFailure(
            f"The browser did not open: {failure.reason}", code=FailureCode.LOGIN_WINDOW, remedy=remedy
        ) from failure
    try:
        yield engine
    finally:
        await engine.close()


async def _when_logged_in(context: BrowserContext, window: LoginWindow) -> StorageState:
    told: str | None = None
    while True:
        if not context.pages:
            raise _closed()
        for page in context.pages:
            handle = await _account(page, window.site)
            if handle is not None and handle.casefold() == window.site.handle.casefold():
                return await context.storage_state()
            if handle not in {None, told}:
                told = handle
                window.tell(f"That is @{handle}. Log out there, and log in as @{window.site.handle}.")
        await asyncio.sleep(LOOK_SECONDS)


async def _account(page: Page, site: Site) -> str | None:
    """Return whose account a page of the site shows; ``None`` for any other page, and while it moves on."""
    if not page.url.startswith(f"{site.base}/"):
        return None
    try:
        async with asyncio.timeout(LOOK_LIMIT_SECONDS):
            state = (await take(page)).state
    except (PlaywrightError, TimeoutError):
        return None  # between two pages, or just closed: the next look tells
    return state.own_handle if recognise(state) is PageState.READY else None


def _closed() -> PermanentFailure:
    return PermanentFailure(
        "The window was closed before the login was done.", code=FailureCode.LOGIN_WINDOW, remedy=NOTHING_STORED
    )
