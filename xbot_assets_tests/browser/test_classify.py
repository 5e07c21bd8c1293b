"""What an operation dies of, in the product's words."""

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from xbot_assets.browser.chromium.confinement import RunAs
from xbot_assets.browser.failures import classify
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, FailureKind

CASES = [
    (TimeoutError(), "deadline", FailureKind.TRANSIENT),
    (PlaywrightTimeoutError("Locator.click: Timeout 5000ms exceeded.\nCall log:\n - secret"), "page_timeout", None),
    (PlaywrightError("Page.goto: Target page, context or browser has been closed"), "browser_crashed", None),
    (PlaywrightError("Page.goto: net::ERR_CONNECTION_REFUSED at http://x/"), "site_unreachable", None),
    (PlaywrightError("BrowserType.launch: Failed to launch the browser process"), "browser_no_start", None),
    (PlaywrightError("Page.evaluate: ReferenceError: a is not defined"), "browser_error", FailureKind.PERMANENT),
    (KeyError("x"), "browser_error", FailureKind.PERMANENT),
]


@pytest.mark.parametrize(("error", "code", "kind"), CASES)
def test_an_error_before_the_click_says_what_happened(error: Exception, code: str, kind: FailureKind | None) -> None:
    """Everything but our own fault may be tried again: nothing was posted."""
    failure = classify(error)
    assert (failure.code, failure.kind) == (code, kind or FailureKind.TRANSIENT)
    assert "\n" not in failure.reason


@pytest.mark.parametrize(("error", "code", "_kind"), CASES)
def test_any_error_after_the_click_leaves_the_outcome_unknown(error: Exception, code: str, _kind: object) -> None:
    """Whatever broke, the post may be there."""
    failure = classify(error, clicked=True)
    assert (failure.code, failure.kind) == (code, FailureKind.UNKNOWN)


def test_a_typed_failure_stays_what_it_is() -> None:
    """X's own answer to the click is better evidence than the click."""
    refusal = BudgetFailure("r", code=FailureCode.DAILY_LIMIT)
    assert classify(refusal, clicked=True) is refusal


@pytest.mark.parametrize("text", ["", "1000", "0:0", "1000:0", "a:b", "-1:5"])
def test_chromium_is_never_run_as_root_by_argument(text: str) -> None:
    """The argument names an ordinary user or is refused."""
    with pytest.raises(ValueError, match="UID:GID"):
        RunAs.parse(text)
