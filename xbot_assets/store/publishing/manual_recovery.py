"""What people decide about posts that may or may not be on X, under the row's lock.

unconfirmed -> published         it is on X
            -> queued, rejected  it is not
"""

from collections.abc import Sequence

from xbot_assets.domain.alerts.publishing import DOUBLED_POST, REMOVED_POST, UNCONFIRMED_POST, UNKNOWN_POSTS
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.post import PostStatus
from xbot_assets.store.alerts import resolve_alert
from xbot_assets.store.engine.database import Database, Transaction
from xbot_assets.store.publishing.approvals import Decider, lock_to_decide
from xbot_assets.store.publishing.recovery import known_x_ids, open_phantoms

UNCONFIRMED = (PostStatus.UNCONFIRMED,)


def decide_published(db: Database, post_id: int, x_post_id: str, permalink: str, by: Decider) -> None:
    """Move an unconfirmed post to published: the person saw it on X.

    Raises:
        PermanentFailure: ``no_such_post``, ``already_decided``; ``id_taken`` when another row has that id.
    """
    with db.transaction() as transaction:
        lock_to_decide(transaction, post_id, UNCONFIRMED)
        if known_x_ids(transaction, [x_post_id]):
            raise PermanentFailure(
                f"The post {x_post_id} of X belongs to another row.",
                code=FailureCode.ID_TAKEN,
                remedy="Nothing was changed. Look for the post itself; if it is not there, say so.",
            )
        transaction.execute("decide_published", id=post_id, x_post_id=x_post_id, permalink=permalink, **by.values)
        resolve_alert(transaction, UNCONFIRMED_POST, by.now, post_id=post_id)
        _end_alerts(transaction, [x_post_id], by)


def decide_absent(db: Database, post_id: int, by: Decider, *, again: bool) -> None:
    """Move an unconfirmed post back to the queue (``again``), or to rejected: the person saw that it is not on X.

    Raises:
        PermanentFailure: ``no_such_post``, ``already_decided``, ``no_reason`` for dropping it without one.
    """
    if not again and not by.why.strip():
        raise PermanentFailure(
            "Dropping a post needs a reason.", code=FailureCode.NO_REASON, remedy="Say why in a few words."
        )
    with db.transaction() as transaction:
        lock_to_decide(transaction, post_id, UNCONFIRMED)
        transaction.execute("decide_absent", id=post_id, again=again, code=FailureCode.REJECTED, **by.values)
        resolve_alert(transaction, UNCONFIRMED_POST, by.now, post_id=post_id)


def acknowledge(db: Database, x_ids: Sequence[str], by: Decider) -> int:
    """Note that a person knows of these posts of X, unknown or removed; return how many still waited for that.

    Raises:
        PermanentFailure: ``nothing_to_acknowledge`` when none of them did.
    """
    with db.transaction() as transaction:
        known = transaction.fetch_all("acknowledge_phantoms", x_ids=list(x_ids), who=by.who, now=by.now)
        gone = transaction.fetch_all("acknowledge_removed", x_ids=list(x_ids), **by.values)
        for row in gone:
            resolve_alert(transaction, REMOVED_POST, by.now, post_id=row["id"])
        _end_alerts(transaction, x_ids, by)
    if not known and not gone:
        raise PermanentFailure(
            "No such post waits to be acknowledged.",
            code=FailureCode.NOTHING_TO_ACKNOWLEDGE,
            remedy="'xbot approve unconfirmed' shows those that do.",
        )
    return len(known) + len(gone)


def _end_alerts(transaction: Transaction, x_ids: Sequence[str], by: Decider) -> None:
    for x_post_id in x_ids:
        resolve_alert(transaction, DOUBLED_POST, by.now, x_post_id=x_post_id)
    if all(phantom.resembles_post_id is not None for phantom in open_phantoms(transaction)):
        resolve_alert(transaction, UNKNOWN_POSTS, by.now)
