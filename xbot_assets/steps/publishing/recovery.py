"""Unconfirmed posts: looked for in the account's own lists, and resolved by what these surely say.

There: published. Not there, in enough looks over enough time: back to the queue, once. Could not look: counts for
nothing. Whatever stays unconfirmed waits for a person, with an alert.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from xbot_assets.domain.alerts.publishing import UNCONFIRMED_POST
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.posts.timeline_view import PostKind, TimelineList, TimelinePost, TimelineView, in_its_place
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.admission import note_published
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing import recovery
from xbot_assets.store.publishing.rows import UnconfirmedPost
from xbot_assets.x.answers import OwnList, PostReading
from xbot_assets.x.operations import ReadOwnTimeline

LOOK_MARGIN = 40
"""Posts read beyond those that we submitted ourselves since the time in question: the owner's own, and older ones."""
LOOK_DEEPEST = 200
"""Most posts that one look reads: what the browser host takes."""


class RecoveryOutcome(StrEnum):
    """What came of looking for one unconfirmed post."""

    CONFIRMED = "confirmed"
    REQUEUED = "requeued"
    UNCONFIRMED = "unconfirmed"
    ELSEWHERE = "elsewhere"
    """Its own worker was alive after all, or a person was quicker."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of the unconfirmed posts, by their ids."""

    confirmed: tuple[int, ...] = field(default=())
    requeued: tuple[int, ...] = field(default=())
    """Surely not on X: back in the queue."""
    unconfirmed: tuple[int, ...] = field(default=())
    looked_for: int = 0


def recover_posts(product: Product) -> Recovery:
    """Take posts from workers whose time is over, and look for every unconfirmed post whose look is due.

    Raises:
        ProductError: the timeline could not be read; nothing follows from that.
    """
    post_store.expire_leases(product.database, product.clock.now())
    return recover_due(product, lane=Lane.HIGH)


def recovery_wait(product: Product) -> str | None:
    """Say in words why there is nothing to recover now, or ``None`` when there is."""
    held = product.account.hold_reason
    if held is not None:
        return held
    return None if look_is_due(product) else "No unconfirmed post is due for a look."


def look_is_due(product: Product) -> bool:
    """Say whether a lease ran out, or an unconfirmed post may be looked for again."""
    due = recovery.posts_to_look_for(product.database, product.settings.recovery_rules, product.clock.now())
    return bool(due) or recovery.expired_lease_exists(product.database)


def recover_due(product: Product, *, lane: Lane) -> Recovery:
    """Look for the unconfirmed posts whose look is due, in one read of the own timeline, and resolve them.

    Raises:
        ProductError: the timeline could not be read; nothing follows from that.
    """
    taken = recovery.take_looks(product.database, product.settings.recovery_rules, product.clock.now())
    unconfirmed = post_store.unconfirmed_posts(product.database)
    due = [row for row in unconfirmed if row.id in taken]
    if not due:
        return Recovery(unconfirmed=tuple(row.id for row in unconfirmed))
    try:
        view, known = read_timeline(product, min(row.intended_at for row in due), lane)
    except ProductError as failure:
        for row in due:
            _tell_unseen(product, row, failure.reason, failure)
        raise
    outcomes = {row.id: recover_post(product, row, view, known) for row in due}
    left = {row.id: outcomes.get(row.id, RecoveryOutcome.UNCONFIRMED) for row in unconfirmed}

    def those(wanted: RecoveryOutcome) -> tuple[int, ...]:
        return tuple(post_id for post_id, outcome in left.items() if outcome is wanted)

    return Recovery(
        those(RecoveryOutcome.CONFIRMED), those(RecoveryOutcome.REQUEUED), those(RecoveryOutcome.UNCONFIRMED), len(due)
    )


def read_timeline(
    product: Product, since: datetime, lane: Lane, *, deepest: bool = False
) -> tuple[TimelineView, set[str]]:
    """Read the own lists, replies too, back to a time, and say which of the posts shown belong to rows.

    ``deepest``: as far back as a look goes, because the rows do not tell how many posts there are to see.
    A list that claims to be complete but shows nothing that we know to be there is not believed.

    Raises:
        ProductError: as the browser host answered.
    """
    submitted = LOOK_DEEPEST if deepest else recovery.submitted_since(product.database, since)
    depth = min(LOOK_DEEPEST, LOOK_MARGIN + submitted)
    read = product.x.run(
        ReadOwnTimeline(limit=depth),
        lane=lane,
        deadline_seconds=product.settings.read_deadline_seconds,
    )
    told = [number for post in read.posts for number in (post.post_id, *post.earlier_ids) if number]
    known = recovery.known_x_ids(product.database, told)
    published = recovery.published_kinds(product.database)
    return TimelineView(tuple(_list(held, known, published) for held in read.lists)), known


def _list(held: OwnList, known: Collection[str], published: Collection[PostKind]) -> TimelineList:
    shown = tuple(_shown(post) for post in held.posts if post.post_id)
    believed = any(number in known for post in shown for number in post.ids) or held.kinds.isdisjoint(published)
    return TimelineList(shown, held.complete and believed, held.kinds)


def _shown(post: PostReading) -> TimelinePost:
    return TimelinePost(
        x_post_id=post.post_id or "",
        permalink=post.permalink or "",
        text=post.text or "",
        created_at=post.created_at,
        truncated=post.truncated,
        pinned=post.pinned,
        reposted=post.reposted_by is not None,
        answers=post.in_reply_to,
        translated=post.translated and post.text is None,
        kind=post.kind,
        earlier=post.earlier_ids,
    )


def recover_post(product: Product, row: UnconfirmedPost, view: TimelineView, known: set[str]) -> RecoveryOutcome:
    """Resolve one unconfirmed post by what a look says of it; its X id, when confirmed, is added to ``known``."""
    try:
        return _outcome(product, row, view, known)
    except PermanentFailure as failure:
        if failure.code != post_store.NOT_UNCONFIRMED:
            raise
        return RecoveryOutcome.ELSEWHERE


def _outcome(product: Product, row: UnconfirmedPost, view: TimelineView, known: set[str]) -> RecoveryOutcome:
    post = shown_as(row, view, known)
    if post is not None:
        known.add(post.x_post_id)
        _confirm(product, row, post)
        return RecoveryOutcome.CONFIRMED
    if _alike(row, view, known):
        _tell_unseen(product, row, "A post with its words answers another post than it should.")
        return RecoveryOutcome.UNCONFIRMED
    if view.hides_words_since(row.intended_at, known):
        _tell_unseen(product, row, "X shows a post of that time only in translation.")
        return RecoveryOutcome.UNCONFIRMED
    if not view.covers(row.intended_at, PostKind.of(row.answers_x_id)):
        _tell_unseen(product, row, _unseen(PostKind.of(row.answers_x_id)))
        return RecoveryOutcome.UNCONFIRMED
    return _absent(product, row)


def _unseen(kind: PostKind) -> str:
    lists = {PostKind.ORIGINAL: "own posts", PostKind.REPLY: "own replies"}
    return f"The list of its {lists[kind]} did not show posts of that time."


def shown_as(row: UnconfirmedPost, view: TimelineView, known: set[str]) -> TimelinePost | None:
    """Return the post of X that this unconfirmed one is, if the view shows it: its words, in the place meant for it."""
    return next((post for post in _alike(row, view, known) if in_its_place(post, row.answers_x_id)), None)


def _alike(row: UnconfirmedPost, view: TimelineView, known: set[str]) -> list[TimelinePost]:
    """Return the posts shown with the words of an unconfirmed post.

    What X refused as a duplicate (187) is there from before, however old.
    """
    since = None if row.failure_code == recovery.DUPLICATE else row.intended_at
    return view.alike(row.text, since=since, taken=known)


def _confirm(product: Product, row: UnconfirmedPost, post: TimelinePost) -> None:
    now = product.clock.now()
    with product.database.transaction() as transaction:
        post_store.confirm_on_x(
            transaction,
            row.id,
            x_post_id=post.x_post_id,
            permalink=post.permalink,
            published_at=post.created_at or now,
            now=now,
        )
        resolve_alert(transaction, UNCONFIRMED_POST, now, post_id=row.id)
    note_published(product, is_reply=row.reply_to_x_id is not None)


def _absent(product: Product, row: UnconfirmedPost) -> RecoveryOutcome:
    """Count a look that surely did not find the post; in the end it is queued again, or a person is asked."""
    now, rules = product.clock.now(), product.settings.recovery_rules
    looks = post_store.record_look(product.database, row.id, now)
    if looks < rules.looks_max:
        return RecoveryOutcome.UNCONFIRMED
    with product.database.transaction() as transaction:
        if recovery.requeue_absent(transaction, row.id, rules, now):
            resolve_alert(transaction, UNCONFIRMED_POST, now, post_id=row.id)
            return RecoveryOutcome.REQUEUED
    by_itself = rules.may_requeue and not row.requeues and row.failure_code != recovery.DUPLICATE
    if not by_itself or now - row.intended_at >= 2 * rules.span:
        alert_unconfirmed(product.database, now, row.id, f"It was not on the timeline in {looks} looks.")
    return RecoveryOutcome.UNCONFIRMED


def _tell_unseen(product: Product, row: UnconfirmedPost, reason: str, cause: ProductError | None = None) -> None:
    """Tell a person of a post that could not be looked for until now, when that has lasted."""
    now = product.clock.now()
    if now - row.intended_at >= product.settings.requeue_after:
        alert_unconfirmed(product.database, now, row.id, f"It could not be looked for. {reason}", cause)


def alert_unconfirmed(
    db: Statements, now: datetime, post_id: int, reason: str, cause: ProductError | None = None
) -> None:
    """Tell a person that a post may or may not be on X, and how to resolve it."""
    alert(db, UNCONFIRMED_POST, now=now, cause=cause, post_id=post_id, reason=reason)
