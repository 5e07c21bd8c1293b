"""The question whether a post may go now, the breaker's leave to try, and what the pace learns from what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.answers import PUBLISHED, TAKEN_BACK, answer_of
from xbot_assets.domain.pace.breaker import AttemptOutcome, Permit
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.steps.product import Product
from xbot_assets.store.publishing.breaker import acquire, breaker_state, lose_probe, report
from xbot_assets.store.publishing.pace import learn_hours, observe

HOURS_LEARNED_FROM = timedelta(days=90)
"""Older rewards say little about when readers are there now."""
OUR_OWN_TROUBLE = frozenset({FailureCode.NO_SLOT, FailureCode.OPERATION_UNDER_WAY, FailureCode.PREEMPTED})
"""Failures that say nothing about X or the browser: the slots were taken."""


@dataclass(slots=True)
class Attempt:
    """One permitted attempt. ``outcome`` is what the breaker is told at its end."""

    permit: Permit
    outcome: AttemptOutcome = AttemptOutcome.UNUSED


def take_probe_from_dead(product: Product, has_ended: Callable[[str], bool]) -> None:
    """Take the breaker's one probe from a worker that has ended, so that another may probe at once."""
    holder = breaker_state(product.database).probe_holder
    if holder is not None and has_ended(holder):
        lose_probe(product.database, holder)


def note_published(product: Product, *, is_reply: bool = False) -> None:
    """Tell the pace that X named a new post."""
    observe(product.database, PaceKind.of(is_reply=is_reply), PUBLISHED, product.clock.now(), product.account.pace)


def note_removed(product: Product, *, is_reply: bool) -> None:
    """Tell the pace that X took back a post that it had accepted: a failure after all."""
    observe(product.database, PaceKind.of(is_reply=is_reply), TAKEN_BACK, product.clock.now(), product.account.pace)


def note_failed(product: Product, failure: ProductError, *, is_reply: bool = False) -> None:
    """Tell the pace what a failure says about it, if anything."""
    answer = answer_of(failure)
    if answer is not None:
        observe(product.database, PaceKind.of(is_reply=is_reply), answer, product.clock.now(), product.account.pace)


def learn_hour_weights(product: Product) -> tuple[float, ...]:
    """Weigh the owner's 24 hours by what posts of the last 90 days earned in them, and return the weights."""
    since = product.clock.now() - HOURS_LEARNED_FROM
    return learn_hours(product.database, PaceKind.POST, since, product.account.pace)


@contextmanager
def permitted(product: Product, probe: Callable[[], object]) -> Iterator[Attempt | None]:
    """Hold the breaker's leave for one attempt, or nothing while it is open; what came of it is told at the end.

    The one probe of a half-open breaker first does ``probe``, something that harms nobody: a post is only risked when
    that went well.
    """
    policy = product.settings.breaker_policy
    permit = acquire(product.database, product.worker, policy, product.clock.now())
    if isinstance(permit, Wait):
        yield None
        return
    attempt, reason = Attempt(permit), ""
    try:
        if permit.is_probe:
            probe()
            attempt.outcome = AttemptOutcome.SUCCESS
        yield attempt
    except ProductError as failure:
        attempt.outcome, reason = _came_of(failure), failure.reason
        raise
    finally:
        report(product.database, permit, attempt.outcome, policy, product.clock.now(), reason=reason)


def _came_of(failure: ProductError) -> AttemptOutcome:
    """A refusal is an answer, so the way to X works; only silence and breakage count against it."""
    if failure.code in OUR_OWN_TROUBLE:
        return AttemptOutcome.UNUSED
    broken = failure.kind in {FailureKind.TRANSIENT, FailureKind.UNKNOWN}
    return AttemptOutcome.FAILURE if broken else AttemptOutcome.UNUSED
