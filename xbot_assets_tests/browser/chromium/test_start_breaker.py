"""When Chromium is started again after it has failed, with times made up by the test."""

import pytest

from xbot_assets.browser.chromium.launcher import START_SECONDS
from xbot_assets.browser.chromium.start_breaker import BACKOFF_LONGEST_SECONDS, WINDOW_SECONDS, StartBreaker


def _failed(times: int, *, every: float = 1.0) -> StartBreaker:
    breaker = StartBreaker(limit=3)
    for number in range(times):
        breaker.failed("it crashed", 1000.0 + number * every)
    return breaker


@pytest.mark.parametrize(("times", "wait"), [(0, 0), (1, 0), (2, 0.5), (3, 1), (4, 2), (7, 16), (8, 30), (500, 30)])
def test_each_failure_in_a_row_doubles_the_wait(times: int, wait: float) -> None:
    """One crash is answered at once; a storm of restarts is not possible."""
    assert _failed(times).wait_seconds == wait


def test_it_opens_at_the_limit_and_knows_why() -> None:
    """Two failures are bad luck, three are a state."""
    assert not _failed(2).open
    assert _failed(3).open
    assert _failed(3).reason == "it crashed"


def test_failures_far_apart_are_not_in_a_row() -> None:
    """A crash every few minutes is answered at once each time."""
    breaker = _failed(5, every=WINDOW_SECONDS + 1)
    assert (breaker.count, breaker.wait_seconds) == (1, 0)


def test_waiting_alone_does_not_make_it_forget() -> None:
    """The longest wait and a start that runs into its limit, in each confinement, fit into the window."""
    assert BACKOFF_LONGEST_SECONDS + 3 * START_SECONDS < WINDOW_SECONDS


def test_a_new_chromium_is_on_probation_until_the_window_has_passed() -> None:
    """Half open while it runs but could still fail in a row; closed after that."""
    breaker = _failed(3)
    assert breaker.state(1003, running=False) == "open"
    assert breaker.state(1003, running=True) == "half_open"
    assert breaker.state(1003 + WINDOW_SECONDS, running=True) == "closed"
    assert _failed(2).state(1003, running=False) == "closed"
