"""The one place that says what a Playwright error means."""

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, UnknownOutcome

LOOK_FIRST = "Look for the post on the account's timeline; do not post it again."
_LOST = (
    "Target closed",
    "has been closed",
    "Target crashed",
    "Connection closed",
    "Page crashed",
    "browser has disconnected",
)
_UNREACHABLE = ("net::ERR_", "NS_ERROR_")
_NO_START = ("Executable doesn't exist", "Failed to launch", "error while loading shared libraries")


class PageGoneError(Exception):
    """The page crashed or closed under the operation; Playwright says so by an event, not by an error."""


def classify(error: BaseException, *, clicked: bool = False) -> ProductError:
    """Turn what an operation died of into a typed failure; a typed failure stays as it is.

    Args:
        error: a :class:`ProductError`, a Playwright error or a time-out.
        clicked: whether a publish had begun its one click. Then nothing but X's answer can say what happened.
    """
    if isinstance(error, ProductError):
        return error
    reason, code = _words(error)
    if clicked:
        text = f"After the click on Post: {reason[0].lower()}{reason[1:]}"
        return UnknownOutcome(text, code=code, remedy=LOOK_FIRST)
    if code is FailureCode.BROWSER_NO_START:
        return TransientFailure(reason, code=code, remedy="Run 'xbot doctor'; it tries the browser on its own.")
    if code is FailureCode.BROWSER_ERROR:
        return PermanentFailure(reason, code=code, remedy="This is a fault of this program: report it with the log.")
    return TransientFailure(reason, code=code)


def _words(error: BaseException) -> tuple[str, FailureCode]:
    """Return the reason and the code."""
    first = next(iter(str(error).splitlines()), "") or type(error).__name__
    known = (
        (isinstance(error, TimeoutError), "The operation did not finish before its deadline.", FailureCode.DEADLINE),
        (_is_lost(error), "Chromium, or its page, went away during the operation.", FailureCode.BROWSER_CRASHED),
        (
            isinstance(error, PlaywrightTimeoutError),
            f"The page did not do what was waited for: {first}",
            FailureCode.PAGE_TIMEOUT,
        ),
        (_says(error, _UNREACHABLE), f"The site could not be reached: {first}", FailureCode.SITE_UNREACHABLE),
        (_says(error, _NO_START), f"Chromium does not start: {first}", FailureCode.BROWSER_NO_START),
    )
    unknown = (f"The browser host failed: {type(error).__name__}: {first}", FailureCode.BROWSER_ERROR)
    return next(((reason, code) for applies, reason, code in known if applies), unknown)


def _is_lost(error: BaseException) -> bool:
    return isinstance(error, PageGoneError) or _says(error, _LOST)


def _says(error: BaseException, marks: tuple[str, ...]) -> bool:
    return isinstance(error, PlaywrightError) and any(mark in str(error) for mark in marks)
