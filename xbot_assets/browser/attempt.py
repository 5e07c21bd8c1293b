"""One run of one operation: how long it still has, and whether its one click has begun."""

import time
from dataclasses import dataclass, field

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure


@dataclass(slots=True)
class Attempt:
    """The budget and the point of no return of one operation.

    Attributes:
        seconds: the whole time allowed, from the host's receipt.
        clicked: set just before a publish clicks; from then on a failure's outcome is unknown.
    """

    seconds: float
    clicked: bool = False
    _revoked: bool = False
    _began: float = field(default_factory=time.monotonic)

    def revoke(self) -> None:
        """Forbid the click from now on: the operation was told to make way."""
        self._revoked = True

    def begin_click(self) -> None:
        """Pass the point of no return; the click must follow at once.

        Raises:
            TransientFailure: ``preempted``, when the operation was told to make way: do not click.
        """
        if self._revoked:
            raise TransientFailure("The operation made way for another before its click.", code=FailureCode.PREEMPTED)
        self.clicked = True

    @property
    def remaining(self) -> float:
        """Return the seconds left, never below zero."""
        return max(0.0, self._began + self.seconds - time.monotonic())

    @property
    def remaining_ms(self) -> float:
        """Return the milliseconds left, at least one: to Playwright, zero means for ever."""
        return max(1.0, self.remaining * 1000)
