"""Publishing after a backup was restored: nothing goes out until it is known what went out after the backup was made.

What was published since then is a waiting post here, or no row at all. So publishing is held, and the own timeline is
compared with the queue: a waiting post that X shows is confirmed as published, a post that no row knows is kept as
history. Two looks that surely reached back beyond the backup, some time apart, end the hold; X may show a post late.
"""

from collections.abc import Collection
from datetime import datetime

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.domain.posts.post import same_post
from xbot_assets.domain.posts.timeline_view import CLOCK_SKEW, PostKind, TimelinePost, TimelineView
from xbot_assets.steps.account.publishing_hold import hold_publishing, lift_compared
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import restorations as restoration_store
from xbot_assets.store.publishing.posts import expire_leases
from xbot_assets.store.publishing.recovery import known_x_ids, newest_texts
from xbot_assets.store.publishing.restorations import Restoration

COMPARED_TEXTS = 500
"""Newest rows that an unknown post is compared with, as when the timeline is compared at other times."""


def restored_hold() -> PermanentFailure:
    """Return what holds publishing after a restore, in words."""
    return PermanentFailure(
        "A backup was restored, and what was published after it was made is not known yet.",
        code=FailureCode.RESTORED,
        remedy="Nothing needs doing while X can be read: publishing goes on when the own timeline was compared twice. "
        "Otherwise look there yourself, and reject with 'xbot approve' what is out already.",
    )


def begin_after_restore(database: Database, taken_at: datetime, now: datetime) -> None:
    """Hold publishing of a database that a backup was restored into, and end what its workers held."""
    with database.transaction() as transaction:
        hold_publishing(transaction, restored_hold(), now)
        restoration_store.note_restoration(transaction, taken_at, now)
        expire_leases(transaction, now)


def other_hold(product: Opened) -> str | None:
    """Say what holds publishing beside the restore, or ``None``: trouble of the account forbids looking, too."""
    return next((hold.sentence for code, hold in product.account.holds.items() if code != FailureCode.RESTORED), None)


def unconfirm_shown(product: Product, restoration: Restoration, view: TimelineView, known: Collection[str]) -> None:
    """Move every waiting post that X seems to show to the unconfirmed ones, where it is confirmed like any other."""
    database, now, since = product.database, product.clock.now(), restoration.taken_at
    expire_leases(database, now)
    waiting = restoration_store.waiting_texts(database)
    shown = [post.id for post in waiting if view.alike(post.text, since=since, taken=known)]
    restoration_store.unconfirm_restored(database, shown, since, now)


def end_when_covered(product: Product, restoration: Restoration, view: TimelineView) -> None:
    """Keep what no row knows, and end the hold after the second look that surely showed everything."""
    _adopt(product, restoration, view)
    database, now = product.database, product.clock.now()
    if not _shows_all(product, restoration, view):
        return
    restoration_store.note_covered(database, now)
    first = restoration.first_covered_at
    if first is None or now - max(first, restoration.restored_at) < product.settings.requeue_after:
        return
    with database.transaction() as transaction:
        restoration_store.end_restorations(transaction, now)
        lift_compared(transaction, product.worker, now)


def _shows_all(product: Product, restoration: Restoration, view: TimelineView) -> bool:
    """Say whether the look surely showed every post since the backup, and in its own words."""
    taken = known_x_ids(product.database, [post.x_post_id for post in view.shown])
    covers = all(view.covers(restoration.taken_at, kind) for kind in PostKind)
    return covers and not view.hides_words_since(restoration.taken_at, taken)


def _adopt(product: Product, restoration: Restoration, view: TimelineView) -> None:
    """Keep the posts from after the backup that read like no row as history; a doubled one stays for a person."""
    database, since = product.database, restoration.taken_at - CLOCK_SKEW
    known = known_x_ids(database, [post.x_post_id for post in view.shown])
    texts = [row.text for row in newest_texts(database, COMPARED_TEXTS)]
    unknown = [
        post
        for post in view.shown
        if post.x_post_id not in known and _is_own_since(post, since) and not _reads_like(post, texts)
    ]
    restoration_store.adopt_posts(database, map(_row, unknown), product.clock.now())


def _is_own_since(post: TimelinePost, since: datetime) -> bool:
    return not (post.reposted or post.translated) and post.created_at is not None and post.created_at >= since


def _reads_like(post: TimelinePost, texts: Collection[str]) -> bool:
    return any(same_post(text, post.text, truncated=post.truncated) for text in texts)


def _row(post: TimelinePost) -> dict[str, object]:
    return {
        "x_post_id": post.x_post_id,
        "text": post.text,
        "created_at": post.created_at,
        "in_reply_to": post.answers,
        "kind": PaceKind.of(is_reply=post.answers is not None),
    }
