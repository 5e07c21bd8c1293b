"""Whether the stored session still stands."""

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import ACCOUNT_STATE_OF, PageState, failure_of_state, open_and_read, recognise
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.x.answers import SessionChecked

_SAYS_NOTHING = frozenset(PageState) - {PageState.READY, PageState.LOGGED_OUT, PageState.LOCKED, PageState.SUSPENDED}


async def check_session(page: Page, site: Site, attempt: Attempt) -> SessionChecked:
    """Open the home page, which only a logged-in account sees, and say what X showed.

    Raises:
        ProductError: when X showed something that says nothing about the session.
    """
    seen = await open_and_read(page, site.home(), "home", traffic=Traffic(page), seconds=attempt.remaining)
    shown = recognise(seen.state)
    if shown in _SAYS_NOTHING:
        raise failure_of_state(shown, seen.state.path)
    handle = seen.state.own_handle if shown is PageState.READY else None
    return SessionChecked.model_validate({"state": ACCOUNT_STATE_OF[shown], "handle": handle})
