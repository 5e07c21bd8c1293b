"""The one place that says which state a page is in, and what each state means to the account and to the caller."""

import asyncio
import time
from enum import StrEnum
from http import HTTPStatus
from typing import Literal

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from xbot_assets.browser.pages.reading import Arrival, RawState, Snapshot, arrived, page_changed
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.x.account_state import AccountState, shown_trouble

Wanted = Literal["home", "list", "status", "profile", "compose", "trends"]
"""What a page is opened for; ``x.js`` knows when it is there."""

LOAD_SECONDS = 15.0
"""A page that shows neither what was wanted nor a known state within this is not going to."""
MOVES_MAX = 5
"""A page that leads on to another more often than this leads in circles."""
_MOVED = "Execution context was destroyed"
READING_SECONDS = 0.5
"""Kept back from the time allowed, for reading the page; that takes some milliseconds."""
LEAST_SECONDS = 0.1


class PageState(StrEnum):
    """What a page turned out to be."""

    READY = "ready"
    LOGGED_OUT = "logged_out"
    LOCKED = "locked"
    SUSPENDED = "suspended"
    CHALLENGE = "challenge"
    SCRIPT_FAILURE = "script_failure"
    TIMELINE_FAILED = "timeline_failed"
    GONE = "gone"
    LOADING = "loading"


def recognise(state: RawState) -> PageState:
    """Say which state the marks mean; the first that applies, from the whole account down to the one page."""
    marks = (
        (state.locked, PageState.LOCKED),
        (state.suspended, PageState.SUSPENDED),
        (state.login, PageState.LOGGED_OUT),
        (state.challenge, PageState.CHALLENGE),
        (state.script_failure, PageState.SCRIPT_FAILURE),
        (state.retry, PageState.TIMELINE_FAILED),
        (state.login_offered and not state.logged_in, PageState.LOGGED_OUT),
        (state.error is not None, PageState.GONE),
        (not state.logged_in, PageState.LOADING),
    )
    return next((page_state for applies, page_state in marks if applies), PageState.READY)


ACCOUNT_STATE_OF: dict[PageState, AccountState] = {
    PageState.READY: AccountState.LOGGED_IN,
    PageState.LOGGED_OUT: AccountState.LOGGED_OUT,
    PageState.LOCKED: AccountState.LOCKED,
    PageState.SUSPENDED: AccountState.SUSPENDED,
    PageState.CHALLENGE: AccountState.CHALLENGE,
}
"""What a page says of the account; the other states are the page's own."""


def failure_of_state(shown: PageState, path: str) -> ProductError:
    """Return the typed failure for a state that is not ready."""
    if shown in ACCOUNT_STATE_OF:
        return shown_trouble(ACCOUNT_STATE_OF[shown], where=f"page {path}")
    kind, reason, remedy = _FAILURES[shown]
    return kind(f"{reason} (page {path})", code=FailureCode(shown), remedy=remedy)


_FAILURES: dict[PageState, tuple[type[ProductError], str, str]] = {
    PageState.SCRIPT_FAILURE: (TransientFailure, "The page's own program did not load.", ""),
    PageState.TIMELINE_FAILED: (TransientFailure, "X showed an error with a Retry button instead of posts.", ""),
    PageState.GONE: (PermanentFailure, "X says that this page does not exist.", ""),
    PageState.LOADING: (TransientFailure, "The page was still loading when the time was up.", ""),
}


async def open_page(page: Page, url: str, wanted: Wanted, *, traffic: Traffic, seconds: float) -> Snapshot:
    """Go to ``url``, wait until it shows what is wanted, and return what it shows.

    Raises:
        ProductError: typed by state; X's own refusal in the page's traffic, when seen, explains it best.
    """
    seen = await open_and_read(page, url, wanted, traffic=traffic, seconds=seconds)
    page_state = recognise(seen.state)
    if page_state in {PageState.TIMELINE_FAILED, PageState.LOADING} and traffic.refusal:
        raise traffic.refusal
    if page_state is not PageState.READY:
        raise failure_of_state(page_state, seen.state.path)
    return seen


async def open_and_read(page: Page, url: str, wanted: Wanted, *, traffic: Traffic, seconds: float) -> Snapshot:
    """Go to ``url``, wait until it shows what is wanted or a state that will not change, and read it once.

    Raises:
        ProductError: ``x_unavailable``; or, when neither came in time, X's refusal, ``loading`` or ``page_changed``.
    """
    traffic.forget_refusal()
    began, limit = time.monotonic(), max(LEAST_SECONDS, min(seconds - READING_SECONDS, LOAD_SECONDS))
    response = await page.goto(url, wait_until="commit", timeout=limit * 1000)
    if response is not None and response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientFailure(f"X answered with HTTP {response.status}.", code=FailureCode.X_UNAVAILABLE)
    arrival = await _loaded(page, wanted, began + limit)
    seen = arrival.page
    await traffic.drained()
    if arrival.late and recognise(seen.state) in {PageState.READY, PageState.LOADING}:
        raise traffic.refusal or late_failure(seen.state, limit)
    return seen


def late_failure(state: RawState, waited: float) -> ProductError:
    """Say why a page did not become what was wanted: it is slow, or it is not the page this code knows."""
    if state.busy or waited < LOAD_SECONDS:
        return failure_of_state(PageState.LOADING, state.path)
    return page_changed(f"The page {state.path} finished loading without the parts that were waited for.")


async def _loaded(page: Page, wanted: Wanted, end: float) -> Arrival:
    """Wait, then read the page. A page that moves on meanwhile is awaited anew.

    Raises:
        TransientFailure: ``loading``; also when the page's own program keeps it from answering.
    """
    for _move in range(MOVES_MAX):
        seconds = max(LEAST_SECONDS, end - time.monotonic())
        try:
            async with asyncio.timeout(seconds + READING_SECONDS):
                return await arrived(page, wanted, seconds * 1000)
        except TimeoutError:
            break
        except PlaywrightError as error:
            if _MOVED not in str(error):
                raise
    raise failure_of_state(PageState.LOADING, page.url)
