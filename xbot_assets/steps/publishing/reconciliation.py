"""Comparing the own timeline with the queue, in both directions.

Published posts that X no longer shows are removed: missing in two looks, some time apart, that surely covered them.
Posts that X shows and no row knows are phantoms: a doubled post, or the owner's own hand. One read serves every post.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.publishing import DOUBLED_POST, REMOVED_POST, UNKNOWN_POSTS
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.posts.post import PostStatus, comparable, same_post
from xbot_assets.domain.posts.timeline_view import CLOCK_SKEW, PostKind, TimelinePost, TimelineView
from xbot_assets.steps.product import Opened, Product
from xbot_assets.steps.publishing.admission import note_removed
from xbot_assets.steps.publishing.recovery import RecoveryOutcome, read_timeline, recover_post, shown_as
from xbot_assets.steps.publishing.restoration import end_when_covered, other_hold, unconfirm_shown
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import Transaction
from xbot_assets.store.metrics.history import imported_x_ids
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing import recovery
from xbot_assets.store.publishing.restorations import open_restoration
from xbot_assets.store.publishing.rows import MissingPost, PhantomPost, PostText, SeenPost

VERIFIED_FOR = timedelta(days=3)
"""Posts younger than this are looked for on the timeline; the readings of metrics notice older ones that are gone."""
COMPARED_TEXTS = 500
"""Newest rows that an unknown post is compared with: some weeks at the highest pace."""
IN_HAND = frozenset({PostStatus.CLAIMED, PostStatus.ARMED, PostStatus.UNCONFIRMED})
"""States in which a post on X may be this row's, whose id is not known yet."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparison found.

    ``covers_since`` is the time since which everything, originals and replies, was surely seen. Rows are as stored;
    ``confirmed``, ``back`` and ``missing`` are posts of ours, ``phantoms`` posts of X.
    """

    posts_seen: int
    covers_since: datetime | None
    confirmed: tuple[int, ...]
    missing: tuple[int, ...]
    removed: tuple[MissingPost, ...]
    back: tuple[int, ...]
    phantoms: tuple[SeenPost, ...]


def comparison_wait(product: Opened) -> str | None:
    """Say in words why the timeline need not be compared now, or ``None`` when it is to be."""
    restoration = open_restoration(product.database)
    held = other_hold(product) if restoration else product.account.hold_reason
    if held is not None:
        return held
    settings, database, now = product.settings, product.database, product.clock.now()
    if restoration is None and recovery.first_intent(database) is None:
        return "Nothing was ever submitted."
    last = recovery.last_comparison(database)
    if last.compared_at is not None and now - last.compared_at < settings.verify_again:
        return "The timeline was compared a few minutes ago."
    if restoration is not None:
        return None
    if last.covered_at is None or now - last.covered_at >= settings.reconcile_every:
        return None
    due = recovery.verification_is_due(database, now=now, after=settings.verify_after, since=now - VERIFIED_FOR)
    return None if due else "Every post was seen when it was due."


def compare_timeline(product: Product) -> Comparison:
    """Read the own timeline once and compare it with the queue, in both directions.

    Raises:
        ProductError: the timeline could not be read. That is noted as a comparison that covered nothing, and nothing
            follows from it.
    """
    restoration, since = open_restoration(product.database), product.clock.now() - VERIFIED_FOR
    try:
        view, known = read_timeline(product, since, Lane.HIGH, deepest=restoration is not None)
    except ProductError:
        _note(product, Comparison(0, None, (), (), (), (), ()))
        raise
    if restoration is not None:
        unconfirm_shown(product, restoration, view, known)
    confirmed = _confirm_shown(product, view, known)
    if restoration is not None:
        end_when_covered(product, restoration, view)
    missing, removed, back = _verify(product, view)
    phantoms = _phantoms(product, view)
    comparison = Comparison(len(view.shown), view.covers_since(), confirmed, missing, removed, back, phantoms)
    _note(product, comparison)
    return comparison


def _note(product: Product, comparison: Comparison) -> None:
    recovery.note_comparison(
        product.database,
        product.clock.now(),
        posts_seen=comparison.posts_seen,
        covers_since=comparison.covers_since,
        confirmed=len(comparison.confirmed),
        phantoms=len(comparison.phantoms),
        missing=len(comparison.missing),
    )


def _confirm_shown(product: Product, view: TimelineView, known: set[str]) -> tuple[int, ...]:
    """Confirm every unconfirmed post that is shown, also one that waits for a person; absence is not counted here."""
    shown = [row for row in post_store.unconfirmed_posts(product.database) if shown_as(row, view, known)]
    return tuple(row.id for row in shown if recover_post(product, row, view, known) is RecoveryOutcome.CONFIRMED)


def _verify(product: Product, view: TimelineView) -> tuple[tuple[int, ...], tuple[MissingPost, ...], tuple[int, ...]]:
    """Note which published posts are shown and which are surely not; return those missing, removed and back."""
    settings, database, now = product.settings, product.database, product.clock.now()
    # Younger ones prove nothing: X may still show them late, or take them back.
    rows = recovery.posts_to_verify(database, since=now - VERIFIED_FOR, until=now - settings.verify_after)
    ids = {number for post in view.shown for number in post.ids}
    visible = [row.id for row in rows if row.x_post_id in ids]
    absent = [row for row in rows if row.x_post_id not in ids and row.removed_at is None]
    missing = [row.id for row in absent if view.covers(row.published_at, PostKind.of(row.answers))]
    with database.transaction() as transaction:
        back = recovery.note_visible(transaction, visible, now)
        for post_id in back:
            resolve_alert(transaction, REMOVED_POST, now, post_id=post_id)
        removed = recovery.note_missing(transaction, missing, now, again=settings.verify_again)
        for row in removed:
            _tell_removed(transaction, row, now)
    for row in removed:
        note_removed(product, is_reply=row.reply_to_x_id is not None)
    return tuple(missing), tuple(removed), tuple(back)


def _tell_removed(transaction: Transaction, row: MissingPost, now: datetime) -> None:
    shown, where = row.x_post_id, row.permalink
    alert(transaction, REMOVED_POST, now=now, post_id=row.id, x_post_id=shown, permalink=where)


def _phantoms(product: Product, view: TimelineView) -> tuple[SeenPost, ...]:
    """Keep and tell the posts that X shows and no row knows; return those that are new.

    Posts from before the first of ours are none of our business. The rows are asked after the timeline was read, so
    that a post published meanwhile is known; one whose id may still come is left for later.
    """
    database, now = product.database, product.clock.now()
    began = recovery.first_intent(database)
    shown = [number for post in view.shown for number in post.ids]
    known = recovery.known_x_ids(database, shown) | imported_x_ids(database, shown)
    unknown = [post for post in view.shown if known.isdisjoint(post.ids) and _is_ours_to_know(post, began)]
    texts = _Texts(recovery.newest_texts(database, COMPARED_TEXTS)) if unknown else _Texts([])
    phantoms = [_seen(post, texts.like(post)) for post in unknown if not texts.is_in_hand(post)]
    new = recovery.note_phantoms(database, phantoms, now)
    _tell_phantoms(product)
    return tuple(post for post in phantoms if post.x_post_id in new)


def _is_ours_to_know(post: TimelinePost, began: datetime | None) -> bool:
    """Say whether a post is to be judged: one that is shown only in translation waits until its own words are told."""
    if post.reposted or post.translated or began is None or post.created_at is None:
        return False
    return post.created_at >= began - CLOCK_SKEW


def _seen(post: TimelinePost, like: PostText | None) -> SeenPost:
    return SeenPost(
        x_post_id=post.x_post_id,
        text=post.text,
        permalink=post.permalink,
        created_at=post.created_at,
        resembles_post_id=like.id if like else None,
    )


class _Texts:
    """The newest rows by what recognises them on X."""

    def __init__(self, rows: Iterable[PostText]) -> None:
        self._rows = list(rows)
        self._by_words: dict[str, list[PostText]] = {}
        for row in self._rows:
            self._by_words.setdefault(comparable(row.text), []).append(row)

    def like(self, post: TimelinePost) -> PostText | None:
        """Return the newest row that reads like the post, or ``None``."""
        return next(iter(self._alike(post)), None)

    def is_in_hand(self, post: TimelinePost) -> bool:
        """Say whether the post may be a row's whose id is still to come."""
        return any(row.status in IN_HAND for row in self._alike(post))

    def _alike(self, post: TimelinePost) -> list[PostText]:
        near = self._rows if post.truncated else self._by_words.get(comparable(post.text), [])
        return [row for row in near if same_post(row.text, post.text, truncated=post.truncated)]


def _tell_phantoms(product: Product) -> None:
    """Keep an alert open for each doubled post, and one for all others together."""
    waiting = recovery.open_phantoms(product.database)
    for row in waiting:
        if row.resembles_post_id is not None:
            _tell_doubled(product, row)
    others = [row for row in waiting if row.resembles_post_id is None]
    if not others:
        resolve_alert(product.database, UNKNOWN_POSTS, product.clock.now())
        return
    alert(
        product.database,
        UNKNOWN_POSTS,
        now=product.clock.now(),
        posts=len(others),
        permalink=others[0].permalink,
    )


def _tell_doubled(product: Product, row: PhantomPost) -> None:
    alert(
        product.database,
        DOUBLED_POST,
        now=product.clock.now(),
        x_post_id=row.x_post_id,
        permalink=row.permalink,
        post_id=row.resembles_post_id,
        status=row.resembles_status,
    )
