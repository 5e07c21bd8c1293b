"""The only retry of language-model calls: bounded in attempts and in total time, for transient failures only.

The SDK's own retries are off: it would repeat ``insufficient_quota`` too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import uniform
from typing import TypeVar

import stamina

from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.llm.servers.errors import ErrorAnswer

FIRST_WAIT_SECONDS = 0.5
"""Wait before the second attempt; doubles from then on, as in OpenAI's own client."""
LONGEST_WAIT_SECONDS = 8.0
"""The longest wait of our own choosing; a Retry-After may ask for more."""
JITTER = 0.25
"""A wait is shortened by up to this share, so that processes which failed together do not return together."""

T = TypeVar("T")


class CallFailed(Exception):
    """Carries the failure of the call itself.

    Anything else, such as a ledger that cannot be written, is not retried: that would pay for the call again.

    ``told`` is what the server said, as it came, for who asks it otherwise. It is no cause and no part of a traceback:
    it may hold our key.
    """

    def __init__(self, failure: ProductError, told: ErrorAnswer | None = None) -> None:
        super().__init__(failure.reason)
        self.failure, self.told = failure, told


@dataclass(slots=True)
class Attempts:
    """Runs an attempt until it succeeds, fails for good, or has used up its attempts or its time.

    Attributes:
        most: attempts at most.
        total_seconds: no attempt starts later than this after the first one.
        elapsed: seconds since some fixed moment; the machine's monotonic clock.
    """

    most: int
    total_seconds: float
    elapsed: Callable[[], float]
    made: int = 0
    _started: float = 0.0

    def run(self, attempt: Callable[[int, float], T]) -> T:
        """Call ``attempt(number, seconds_left)``, number from 1, until it returns.

        Raises:
            ProductError: what the last attempt's :class:`CallFailed` carried, with its cause.
        """
        self.made, self._started = 0, self.elapsed()
        try:
            return self._tries(attempt)
        except CallFailed as failed:
            cause = failed.__cause__
            raise failed.failure from (cause if cause is not failed.failure else cause.__cause__)

    def _tries(self, attempt: Callable[[int, float], T]) -> T:
        for trial in stamina.retry_context(on=self._wait_before_next, attempts=self.most, timeout=None):
            with trial:
                self.made += 1
                return attempt(self.made, self._left())
        raise AssertionError("stamina ended without an answer or an error")  # pragma: no cover

    def _left(self) -> float:
        return self.total_seconds - (self.elapsed() - self._started)

    def _wait_before_next(self, exc: Exception) -> float | bool:
        """Return the seconds to wait, or False to give up; a wait longer than the time left is not begun."""
        if not isinstance(exc, CallFailed) or exc.failure.kind is not FailureKind.TRANSIENT:
            return False
        own = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (self.made - 1)) * (1 - uniform(0, JITTER))  # noqa: S311
        asked = exc.failure.retry_after_seconds
        wait = own if asked is None else asked
        return wait if wait < self._left() else False
