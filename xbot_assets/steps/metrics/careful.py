"""Reading behind a breaker: when X or its pages answer no more, one probe at a time finds out since when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.breaker import AttemptOutcome, BreakerPolicy, Permit
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.publishing.breaker import acquire, breaker_state, report

OUR_OWN_TROUBLE = frozenset({FailureCode.NO_SLOT, FailureCode.OPERATION_UNDER_WAY, FailureCode.PREEMPTED})
"""Failures that say nothing about X: the slots were taken, or publishing needed ours."""
CHANGED = frozenset({FailureCode.PAGE_CHANGED})
"""Permanent, and yet nothing is to be read until the page or the program changes."""


@dataclass(slots=True)
class Attempt:
    """One permitted attempt. ``outcome`` and ``reason`` are what the breaker is told at its end."""

    permit: Permit
    outcome: AttemptOutcome = AttemptOutcome.UNUSED
    reason: str = ""


def breaker_wait(product: Opened, breaker: str, failed: str) -> str | None:
    """Say that ``failed``, and why, while a breaker lets nothing through; else ``None``."""
    seen = breaker_state(product.database, breaker)
    if seen.state == "closed" or not seen.must_wait:
        return None
    return f"{failed}: {seen.reason}"


def came_of(failure: ProductError) -> AttemptOutcome:
    """Return what a failure says about X and its pages."""
    if failure.code in OUR_OWN_TROUBLE:
        return AttemptOutcome.UNUSED
    broken = failure.kind in {FailureKind.TRANSIENT, FailureKind.UNKNOWN} or failure.code in CHANGED
    return AttemptOutcome.FAILURE if broken else AttemptOutcome.UNUSED


@contextmanager
def careful(
    product: Product, breaker: str, policy: BreakerPolicy, means: Callable[[ProductError], AttemptOutcome] = came_of
) -> Iterator[Attempt | None]:
    """Hold a breaker's leave for one attempt, ``None`` when there is none; what came of it is told at the end.

    A failure that leaves the block counts as ``means`` says, whatever the attempt said before.
    """
    permit = acquire(product.database, product.worker, policy, product.clock.now(), name=breaker)
    if isinstance(permit, Wait):
        yield None
        return
    attempt = Attempt(permit)
    try:
        yield attempt
    except ProductError as failure:
        attempt.outcome, attempt.reason = means(failure), failure.reason
        raise
    finally:
        report(product.database, permit, attempt.outcome, policy, product.clock.now(), reason=attempt.reason)
