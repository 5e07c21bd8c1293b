"""The Post button before it is clicked: whether it becomes ready, and why it does not."""

from playwright.async_api import Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from xbot_assets.browser.attempt import Attempt
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.domain.posts.weighted_length import weighted_length

BUTTON_SECONDS = 20.0
"""On a busy page the button was seen to become ready four seconds after typing; this is some times that."""
CLICK_RESERVE_SECONDS = 3.0
"""Kept back from the deadline for the click and X's answer."""
LEAST_SECONDS = 0.1
STANDARD_LENGTH = 280
"""What X takes from an account without a subscription, in its own count."""

_ENABLED = """(button) => !button.disabled && button.getAttribute("aria-disabled") !== "true" """
_LEFT = """(button) => {
  const bar = button.closest('[data-testid="toolBar"]');
  const counter = bar && bar.querySelector('[role="progressbar"]');
  const told = counter ? counter.textContent.trim().replace("\\u2212", "-") : "";
  return /^-?\\d+$/.test(told) ? Number(told) : null;
}"""
"""How much the page's own counter says is left: a number near and beyond the limit, nothing otherwise."""


async def until_ready(page: Page, button: Locator, text: str, attempt: Attempt) -> None:
    """Wait until the Post button can be clicked.

    Raises:
        TransientFailure: ``post_button_late``, when it did not become ready although the text fits.
        PermanentFailure: ``post_button_disabled``, when the text is too long for the account.
    """
    seconds = max(LEAST_SECONDS, min(BUTTON_SECONDS, attempt.remaining - CLICK_RESERVE_SECONDS))
    try:
        handle = await button.element_handle(timeout=seconds * 1000)
        await page.wait_for_function(_ENABLED, arg=handle, timeout=seconds * 1000)
    except PlaywrightTimeoutError as error:
        raise not_ready(weighted_length(text), await _left(button), seconds) from error


async def _left(button: Locator) -> int | None:
    try:
        left: int | None = await button.evaluate(_LEFT, timeout=LEAST_SECONDS * 1000)
    except PlaywrightTimeoutError:
        return None
    return left


def not_ready(counted: int, left: int | None, seconds: float) -> ProductError:
    """Say why the button is not ready: what the page's counter says decides, or without it our own count.

    Args:
        counted: the text's weighted length.
        left: what the page's counter says is left, negative beyond its limit; ``None`` when it says nothing.
        seconds: how long it was waited for.
    """
    too_long = counted > STANDARD_LENGTH if left is None else left < 0
    if too_long:
        return PermanentFailure(
            f"X does not enable the Post button for this text, whose length it counts as {counted}.",
            code=FailureCode.POST_BUTTON_DISABLED,
            remedy=f"It is too long for this account: X takes {STANDARD_LENGTH} without a subscription, and "
            "XBOT_POST_MAX_WEIGHTED_CHARS has to say what it takes.",
        )
    return TransientFailure(
        f"X did not enable the Post button within {seconds:.0f} s, although the text fits; nothing was clicked.",
        code=FailureCode.POST_BUTTON_LATE,
    )
