"""The breaker of the low lane: when X or its pages answer no more, one probe at a time finds out since when."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.breaker import AttemptOutcome
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.publishing.breaker import acquire, breaker_state, report

HARVEST = "harvest"
"""The breaker's name; publishing has one of its own, and neither stops the other."""
OUR_OWN_TROUBLE = frozenset({FailureCode.NO_SLOT, FailureCode.OPERATION_UNDER_WAY, FailureCode.PREEMPTED})
"""Failures that say nothing about X: the slots were taken, or publishing needed ours."""
CHANGED = frozenset({FailureCode.PAGE_CHANGED})
"""Permanent, and yet nothing is to be read until the page or the program changes."""


def breaker_wait(product: Opened) -> str | None:
    """Say why reading has to wait, or ``None``."""
    seen = breaker_state(product.database, HARVEST)
    if seen.state == "closed" or not seen.must_wait:
        return None
    return f"Reading what others write failed too often: {seen.reason}"


@contextmanager
def careful_reading(product: Product) -> Iterator[bool]:
    """Hold the breaker's leave for one attempt and tell it what came of it; yield whether there is leave."""
    settings, now = product.settings, product.clock.now()
    policy = replace(settings.breaker_policy, failures=settings.harvest_failures_max)
    permit = acquire(product.database, product.worker, policy, now, name=HARVEST)
    if isinstance(permit, Wait):
        yield False
        return
    outcome, reason = AttemptOutcome.UNUSED, ""
    try:
        yield True
        outcome = AttemptOutcome.SUCCESS
    except ProductError as failure:
        outcome, reason = _came_of(failure), failure.reason
        raise
    finally:
        report(product.database, permit, outcome, policy, product.clock.now(), reason=reason)


def _came_of(failure: ProductError) -> AttemptOutcome:
    if failure.code in OUR_OWN_TROUBLE:
        return AttemptOutcome.UNUSED
    broken = failure.kind in {FailureKind.TRANSIENT, FailureKind.UNKNOWN} or failure.code in CHANGED
    return AttemptOutcome.FAILURE if broken else AttemptOutcome.UNUSED
