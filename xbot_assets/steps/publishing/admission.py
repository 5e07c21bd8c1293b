"""The pace and the breaker, as publishing asks them: may one go now, and what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.answers import PUBLISHED, TAKEN_BACK, answer_of
from xbot_assets.domain.pace.breaker import AttemptOutcome, Permit
from xbot_assets.domain.pace.pacing import PaceKind, PaceRules
from xbot_assets.steps.product import Product
from xbot_assets.store.engine.database import Row, Transaction
from xbot_assets.store.publishing.breaker import acquire, breaker_state, lose_probe, report
from xbot_assets.store.publishing.pace import held_back, learn_hours, observe, wait_now
from xbot_assets.store.publishing.policy import MayGo, policy_check
from xbot_assets.store.publishing.queue import due_kinds, pace_facts

HOURS_LEARNED_FROM = timedelta(days=90)
"""Older rewards say little about when readers are there now."""
OUR_OWN_TROUBLE = frozenset({FailureCode.NO_SLOT, FailureCode.OPERATION_UNDER_WAY, FailureCode.PREEMPTED})
"""Failures that say nothing about X or the browser: the slots were taken."""


@dataclass(slots=True)
class Attempt:
    """One permitted attempt. ``tried`` is what the breaker is told at its end."""

    permit: Permit
    tried: AttemptOutcome = AttemptOutcome.UNUSED


def rules_of(product: Product) -> PaceRules:
    """Return the pace's rules as the owner has set them."""
    return product.settings.pace_rules


def pace_wait(product: Product) -> Wait | None:
    """Say why nothing that is due may go now, or ``None``; a hint that admits nobody."""
    now, rules = product.clock.now(), rules_of(product)
    due = due_kinds(product.database, now) or [{"is_reply": False, "continues": False, "size": 1}]
    waits = [wait_now(product.database, _kind(row["is_reply"]), now, rules, **_place(row)) for row in due]
    found = [wait for wait in waits if wait is not None]
    return min(found, key=lambda wait: wait.until) if len(found) == len(waits) else None


def breaker_wait(product: Product) -> str | None:
    """Say why the breaker lets nothing through now, or ``None``."""
    seen = breaker_state(product.database)
    if seen["state"] == "closed" or not seen["must_wait"]:
        return None
    return f"The publishing breaker is {seen['state']}: {seen['reason']}"


def take_probe_from_dead(product: Product, has_ended: Callable[[str], bool]) -> None:
    """Take the breaker's one probe from a worker that has ended, so that another may probe at once."""
    holder = breaker_state(product.database)["probe_holder"]
    if holder is not None and has_ended(holder):
        lose_probe(product.database, holder)


def may_go_now(product: Product) -> MayGo:
    """Return the question that a claim asks of each due post in its own transaction: the pace first, then the rules."""
    rules, now = rules_of(product), product.clock.now()
    policy = policy_check(product.settings, now)

    def may_go(transaction: Transaction, post_id: int) -> bool:
        asked = pace_facts(transaction, post_id)
        wait = held_back(transaction, _kind(asked["is_reply"]), now, rules, **_place(asked))
        return wait is None and policy(transaction, post_id)

    return may_go


def note_published(product: Product, *, is_reply: bool = False) -> None:
    """Tell the pace that X named a new post."""
    observe(product.database, _kind(is_reply), PUBLISHED, product.clock.now(), rules_of(product))


def note_removed(product: Product, *, is_reply: bool) -> None:
    """Tell the pace that X took back a post that it had accepted: a failure after all."""
    observe(product.database, _kind(is_reply), TAKEN_BACK, product.clock.now(), rules_of(product))


def note_failed(product: Product, failure: ProductError, *, is_reply: bool = False) -> None:
    """Tell the pace what a failure says about it, if anything."""
    answer = answer_of(failure)
    if answer is not None:
        observe(product.database, _kind(is_reply), answer, product.clock.now(), rules_of(product))


def learn_hour_weights(product: Product) -> tuple[float, ...]:
    """Weigh the owner's 24 hours by what posts of the last 90 days earned in them, and return the weights."""
    since = product.clock.now() - HOURS_LEARNED_FROM
    return learn_hours(product.database, PaceKind.POST, since, rules_of(product))


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
            attempt.tried = AttemptOutcome.SUCCESS
        yield attempt
    except ProductError as failure:
        attempt.tried, reason = _came_of(failure), failure.reason
        raise
    finally:
        report(product.database, permit, attempt.tried, policy, product.clock.now(), reason=reason)


def _kind(is_reply: bool) -> PaceKind:  # noqa: FBT001 - it is the question itself
    return PaceKind.REPLY if is_reply else PaceKind.POST


def _place(asked: Row) -> dict[str, Any]:
    return {"size": asked["size"], "continues": asked["continues"]}


def _came_of(failure: ProductError) -> AttemptOutcome:
    """A refusal is an answer, so the way to X works; only silence and breakage count against it."""
    if failure.code in OUR_OWN_TROUBLE:
        return AttemptOutcome.UNUSED
    broken = failure.kind in {FailureKind.TRANSIENT, FailureKind.UNKNOWN}
    return AttemptOutcome.FAILURE if broken else AttemptOutcome.UNUSED
