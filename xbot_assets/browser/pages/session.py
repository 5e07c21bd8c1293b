"""Whether the stored session still stands."""

from playwright.async_api import Page

from xbot_assets.browser.attempt import Attempt
from xbot_assets.browser.pages.site import Site
from xbot_assets.browser.pages.states import PageState, failure_of_state, look_at, recognise
from xbot_assets.browser.pages.traffic import Traffic
from xbot_assets.x.operations import SessionChecked

_ANSWERS = {
    PageState.READY: "logged_in",
    PageState.LOGGED_OUT: "logged_out",
    PageState.LOCKED: "locked",
    PageState.SUSPENDED: "suspended",
}


async def check_session(page: Page, site: Site, attempt: Attempt) -> SessionChecked:
    """Open the home page, which only a logged-in account sees, and say what X showed.

    Raises:
        ProductError: when X showed something that says nothing about the session.
    """
    seen = await look_at(page, site.home(), "home", traffic=Traffic(page), seconds=attempt.remaining)
    found = recognise(seen.state)
    if found not in _ANSWERS:
        raise failure_of_state(found, seen.state.path)
    handle = seen.state.own_handle if found is PageState.READY else None
    return SessionChecked.model_validate({"state": _ANSWERS[found], "handle": handle})
