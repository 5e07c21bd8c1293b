"""When the language model's API must be left alone by everybody: after which failure, and until when.

Times are the product's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.content import LANGUAGE_MODEL_HELD
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, ProductError, TransientFailure

PROBED_CODES = frozenset({FailureCode.INSUFFICIENT_QUOTA, FailureCode.INVALID_API_KEY, FailureCode.ACCESS_DENIED})
"""Failures of the account: calling again helps only after a person acted, so one caller at a time finds out."""
PROBE_RUNNING_SECONDS = 5.0
"""A caller that meets another's probe may ask again after this long: a call takes about so many real seconds."""


@dataclass(frozen=True, slots=True)
class Hold:
    """No call before ``until``; then one caller alone if ``probed``, else everybody."""

    code: str
    reason: str
    remedy: str
    until: datetime
    probed: bool

    def refusal(self, now: datetime) -> ProductError:
        """Build what a caller gets meanwhile: a budget failure for a quota, a transient one otherwise."""
        kind = BudgetFailure if self.code == FailureCode.INSUFFICIENT_QUOTA else TransientFailure
        wait = (self.until - now).total_seconds()
        when = (
            f"before {self.until:%Y-%m-%d %H:%M:%S} UTC" if wait > 0 else "while another process tries whether it works"
        )
        failure = kind(
            f"No call is made {when}. {self.reason}",
            code=FailureCode.API_HELD,
            remedy=self.remedy,
            retry_after_seconds=wait if wait > 0 else PROBE_RUNNING_SECONDS,
        )
        failure.told_by = LANGUAGE_MODEL_HELD.key_of() if self.probed else ""
        return failure


def hold_after(failure: ProductError, now: datetime, probe_after: timedelta) -> Hold | None:
    """Return the hold that a failed call puts on the API, or ``None`` for a failure that concerns only itself."""
    asked = timedelta(seconds=failure.retry_after_seconds or 0)
    if failure.code in PROBED_CODES:
        until = now + max(asked, probe_after)
        return Hold(failure.code, failure.reason, failure.remedy, until, probed=True)
    if failure.code is FailureCode.RATE_LIMITED and asked:
        return Hold(failure.code, failure.reason, failure.remedy, now + asked, probed=False)
    return None
