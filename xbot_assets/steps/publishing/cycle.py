"""Publishing one due post behind the fence: claim, arm, submit once, witness.

A crash or time-out after the click leaves ``unconfirmed``, which is looked up on X and never guessed.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pydantic import ValidationError

from xbot_assets.domain.admission.refusal import Refusal, RuleName
from xbot_assets.domain.alerts.publishing import FAILED_POST, UNCONFIRMED_POST
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, PermanentFailure, ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.breaker import AttemptOutcome
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.domain.posts.threads import thread_place
from xbot_assets.steps.account.publishing_hold import (
    hold_publishing,
    refuse_while_held,
)
from xbot_assets.steps.account.session_checks import check_session
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.admission import (
    note_failed,
    note_published,
    permitted,
    take_probe_from_dead,
)
from xbot_assets.steps.publishing.recovery import alert_unconfirmed, look_is_due, recover_due
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing import queue as queue_store
from xbot_assets.store.publishing.admission import peek, take
from xbot_assets.store.publishing.threads import broken_threads, hold_broken_threads, post_images
from xbot_assets.x.account_state import ACCOUNT_TROUBLE
from xbot_assets.x.answers import Published
from xbot_assets.x.operations import Image, Publish


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What one cycle did. ``post_id`` and the rest are ``None`` when nothing was due."""

    post_id: int | None = None
    x_post_id: str | None = None
    url: str | None = None
    text: str | None = None
    shadow: bool = False
    place: str | None = None
    """Where the post stands in its thread, as ``thread 2/5``."""
    confirmed: tuple[int, ...] = field(default=())
    """Earlier unconfirmed posts that this cycle found on X."""
    still_unconfirmed: tuple[int, ...] = field(default=())


def publish_next(
    product: Product, *, retried_at_once: Callable[[ProductError], bool] = lambda _: False
) -> PublishReport:
    """Reconcile what is unconfirmed, then publish at most one due post.

    Args:
        product: the opened parts.
        retried_at_once: whether the caller will try again within seconds after this failure; otherwise the post
            waits for a while, so that an outage is not hammered.

    Raises:
        TransientFailure: nothing was published and the post is queued again.
        UnknownOutcome: it may have been published; the post is ``unconfirmed`` and an alert is open.
        BudgetFailure: X's own limit is reached; the post waits in the queue.
        PermanentFailure: X or our own check refused the post; it is ``failed`` and an alert is open. When the trouble
            is the account's, the post stays queued and publishing is on hold.
    """
    post_store.expire_leases(product.database, product.clock.now())
    recovery = recover_due(product, lane=Lane.CRITICAL)
    confirmed, unconfirmed = recovery.confirmed, recovery.unconfirmed
    nothing = PublishReport(confirmed=confirmed, still_unconfirmed=unconfirmed)
    if product.account.hold_reason:
        return nothing
    hold_broken_threads(product.database, product.clock.now(), shadow=product.settings.is_shadow)
    with permitted(product, lambda: _probe(product)) as attempt:
        claim = take(product.database, product.account.admission, lease=product.settings.lease) if attempt else None
        # When the lease runs out before arming, the post goes back to the queue by itself.
        if not isinstance(claim, ClaimedPost) or not post_store.arm_post(product.database, claim, product.clock.now()):
            return nothing
        witness = _submit(product, claim, retried_at_once)
        if attempt is not None:
            attempt.outcome = AttemptOutcome.SUCCESS
        return _record(product, claim, witness, confirmed, unconfirmed)


def take_from_dead_worker(product: Product, has_ended: Callable[[str], bool]) -> None:
    """Take the post and the probe from a worker that has ended: nobody waits for the end of a dead one's lease.

    Args:
        product: the opened parts.
        has_ended: whether a worker of that name is known to have ended.
    """
    holder = queue_store.post_holder(product.database)
    if holder is not None and has_ended(holder):
        post_store.expire_leases(product.database, product.clock.now(), dead=holder)
    take_probe_from_dead(product, has_ended)


def publish_wait(product: Product, *, with_recovery: bool = True) -> Refusal | None:
    """Say why a cycle has nothing to do now, or ``None`` when it has: a post may go, or something is to be put right.

    ``with_recovery``: a look that is due is something to do; a caller that recovers posts elsewhere leaves them out.
    """
    refusal = peek(product.database, product.account.admission)
    if refusal is None or refusal.rule is RuleName.PUBLISHING_HOLD:
        return refusal
    look_due = with_recovery and look_is_due(product)
    return None if look_due or broken_threads(product.database, shadow=product.settings.is_shadow) else refusal


def _probe(product: Product) -> None:
    """Look whether the way to X works at all, before a post is risked on it."""
    check_session(product, Lane.CRITICAL)
    refuse_while_held(product.database)


def _submit(product: Product, claim: ClaimedPost, retried_at_once: Callable[[ProductError], bool]) -> Published:
    """Click once, and leave the post in the state that the answer allows."""
    settings = product.settings
    try:
        return product.x.run(
            publish_operation(product, claim),
            lane=Lane.CRITICAL,
            deadline_seconds=settings.publish_deadline_seconds,
        )
    except ProductError as failure:
        _record_failure(product, claim, failure, at_once=retried_at_once(failure))
        note_failed(product, failure, is_reply=claim.reply_to_x_id is not None)
        raise


def publish_operation(product: Product, claim: ClaimedPost) -> Publish:
    """Return what X is asked to do: the text, its images, and the post that it goes below.

    Raises:
        PermanentFailure: ``not_an_operation`` for a row that no post can be made of.
    """
    below, submit = claim.answers_x_id, not product.settings.is_shadow
    try:
        images = tuple(
            Image(
                data=b64encode(image.content),
                file_name=image.file_name,
                mime_type=image.mime_type,
                alt_text=image.alt_text,
            )
            for image in post_images(product.database, claim.id)
        )
        return Publish(text=claim.text, images=images, in_reply_to=below, submit=submit)
    except ValidationError as error:
        raise PermanentFailure(
            f"Post {claim.id} cannot be given to X: {error.errors()[0]['msg']}.", code=FailureCode.NOT_AN_OPERATION
        ) from error


def _record_failure(product: Product, claim: ClaimedPost, failure: ProductError, *, at_once: bool) -> None:
    """Leave the post in the one state that the failure allows.

    In one transaction with the alert that tells of it: whoever dies between the two would lose the post in silence.
    """
    now = product.clock.now()
    with product.database.transaction() as transaction:
        if failure.kind is FailureKind.UNKNOWN:
            post_store.mark_unconfirmed(transaction, claim, failure, now)
            alert_unconfirmed(transaction, now, claim.id, failure.reason, failure)
        elif failure.code in ACCOUNT_TROUBLE:
            post_store.disarm_post(transaction, claim, failure, now)
            hold_publishing(transaction, failure, now)
        elif failure.kind is FailureKind.PERMANENT:
            post_store.fail_post(transaction, claim, failure, now)
            reason, remedy = failure.reason, failure.remedy
            alert(transaction, FAILED_POST, now=now, cause=failure, post_id=claim.id, reason=reason, remedy=remedy)
        else:
            pause = timedelta(0) if at_once else _pause(product, failure)
            post_store.disarm_post(transaction, claim, failure, now, not_before=now + pause)


def _pause(product: Product, failure: ProductError) -> timedelta:
    """Return how long a post waits after a failure that may pass by itself."""
    settings = product.settings
    limited = failure.kind is FailureKind.BUDGET
    least = timedelta(minutes=settings.limit_pause_minutes) if limited else settings.post_spacing
    return max(least, timedelta(seconds=failure.retry_after_seconds or 0.0))


def _record(
    product: Product,
    claim: ClaimedPost,
    witness: Published,
    confirmed: tuple[int, ...],
    unconfirmed: tuple[int, ...],
) -> PublishReport:
    now = product.clock.now()
    done = PublishReport(
        claim.id,
        text=claim.text,
        place=thread_place(claim.segment, claim.segments),
        confirmed=confirmed,
        still_unconfirmed=unconfirmed,
    )
    if witness.post_id is None or witness.permalink is None:
        post_store.mark_shadowed(product.database, claim, now)
        return replace(done, shadow=True)
    _confirm(product, claim, witness.post_id, witness.permalink)
    note_published(product, is_reply=claim.reply_to_x_id is not None)
    url = f"{product.settings.target_url or ''}{witness.permalink}"
    return replace(done, x_post_id=witness.post_id, url=url)


def _confirm(product: Product, claim: ClaimedPost, x_post_id: str, permalink: str) -> None:
    """Store X's own id; a witness that came after the lease confirms what its expiry left ``unconfirmed``."""
    now = product.clock.now()
    try:
        post_store.confirm_published(product.database, claim, x_post_id=x_post_id, permalink=permalink, now=now)
    except PermanentFailure as failure:
        if failure.code != post_store.NOT_HELD:
            raise
        with product.database.transaction() as transaction:
            post_store.confirm_on_x(
                transaction, claim.id, x_post_id=x_post_id, permalink=permalink, published_at=now, now=now
            )
            resolve_alert(transaction, UNCONFIRMED_POST, now, post_id=claim.id)
