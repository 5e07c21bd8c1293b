"""The failure vocabulary.

Every layer raises these; nothing above a driver sees a driver's own exception. What a driver raises becomes one of them
beside that driver (``store/engine/failures.py`` and ``cache_failures.py``, ``browser/failures.py``,
``llm/servers/failures.py``), because ``domain`` imports no driver.
"""

from collections.abc import Sequence

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failure_kinds import FailureKind
from xbot_assets.masking import mask

__all__ = [
    "BudgetFailure",
    "FailureKind",
    "PermanentFailure",
    "ProductError",
    "TransientFailure",
    "UnknownOutcome",
    "failure_of",
    "worth_an_immediate_retry",
]


class ProductError(Exception):
    """A failure with its kind, a stable code, a sentence saying why and a sentence saying what to do.

    Attributes:
        kind: what it means for a retry.
        code: a stable word for programs.
        reason: one sentence for people; what is known to be secret is masked in it.
        remedy: one sentence telling the owner what to do; the code's own where none is given.
        retry_after_seconds: how long the other side asked us to wait, if it said so.
        told_by: the key of the alert that tells of it; empty when none does. Who sees it later opens no other.
    """

    kind: FailureKind = FailureKind.PERMANENT

    def __init__(
        self, reason: str, *, code: FailureCode, remedy: str | None = None, retry_after_seconds: float | None = None
    ) -> None:
        self.reason = mask(reason)
        self.code = code
        self.remedy = code.remedy if remedy is None else mask(remedy)
        super().__init__(f"{self.reason} {self.remedy}".strip())
        self.retry_after_seconds = retry_after_seconds
        self.told_by = ""


class PermanentFailure(ProductError):
    """Trying again gives the same answer."""

    kind = FailureKind.PERMANENT


class BudgetFailure(ProductError):
    """Money or quota is used up."""

    kind = FailureKind.BUDGET


class TransientFailure(ProductError):
    """Nothing happened; a later attempt may succeed."""

    kind = FailureKind.TRANSIENT


class UnknownOutcome(ProductError):
    """It may have happened; look before doing anything else."""

    kind = FailureKind.UNKNOWN


def worth_an_immediate_retry(error: ProductError, attempt: int, waits: Sequence[float]) -> bool:
    """Say whether a step should wait and try again: transient, tries left, and not asked to wait for longer.

    Args:
        error: what failed.
        attempt: how many retries were made already, 0 at first.
        waits: seconds before each retry.
    """
    asked = error.retry_after_seconds or 0.0
    return error.kind is FailureKind.TRANSIENT and attempt < len(waits) and asked <= max(waits)


_CLASSES: dict[FailureKind, type[ProductError]] = {
    cls.kind: cls for cls in (PermanentFailure, BudgetFailure, TransientFailure, UnknownOutcome)
}


def failure_of(
    kind: FailureKind,
    reason: str,
    *,
    code: FailureCode,
    remedy: str | None = None,
    retry_after_seconds: float | None = None,
) -> ProductError:
    """Build the exception class that stands for ``kind``; used where a failure crossed a process boundary."""
    return _CLASSES[kind](reason, code=code, remedy=remedy, retry_after_seconds=retry_after_seconds)
