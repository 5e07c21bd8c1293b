"""The posting queue in PostgreSQL: every change of a post's state, fenced, with its event.

The allowed changes are the table in ``domain/posts/lifecycle.py``; ``docs/queue.md`` draws it. What the rules of
publishing change is in ``policy.py``, what people change in ``approvals.py``, the emergency pool in ``pool.py``.

Each change is one statement guarded by the state it leaves and the fencing token, and writes its ``post_events`` row
itself.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.posts.post import ClaimedPost, NewPost, fingerprint
from xbot_assets.store.engine.database import Statements, Transaction
from xbot_assets.store.engine.rows import as_rows
from xbot_assets.store.publishing.rows import (
    ExpiredLease,
    PostedByHand,
    PostEvent,
    RecentPost,
    UnconfirmedPost,
)

NOT_HELD = FailureCode.LOST_FENCE
"""The code of the failure a worker gets for a post that is no longer its own."""
RECENT_TEXTS_MAX = 1000
"""The gates compare a new text with more than these; here they only keep the model from trying in vain."""
NOT_UNCONFIRMED = FailureCode.NOT_UNCONFIRMED
"""The code of the failure for an unconfirmed post that is unconfirmed no more."""


def enqueue_posts(db: Statements, posts: Sequence[NewPost], now: datetime) -> list[int]:
    """Queue the posts, all or none, and return their ids in the same order.

    Raises:
        PermanentFailure: ``duplicate_text`` when an open post, or another of these, reads the same.
    """
    return insert_posts(db, posts, now, threaded=False)


def insert_posts(db: Statements, posts: Sequence[NewPost], now: datetime, *, threaded: bool) -> list[int]:
    """Store posts as they are given; for whoever has checked that they may be one thread (``threads.py``)."""
    rows = as_rows(map(_new_row, posts))
    return [row["id"] for row in db.fetch_all("enqueue_posts", rows=rows, now=now, threaded=threaded)]


def insert_posted_by_hand(db: Statements, reply: PostedByHand, who: str, now: datetime) -> int:
    """Store a reply that a person posted on X, and return its id; its numbers are read like any post's.

    Raises:
        PermanentFailure: ``integrity`` when that post was answered already, or the id is another post's.
    """
    row = db.fetch_one("insert_posted_by_hand", fingerprint=fingerprint(reply.text), who=who, now=now, **asdict(reply))
    return int(row["id"]) if row else 0


def claim_post(
    transaction: Transaction, post_id: int, *, worker: str, now: datetime, lease: timedelta
) -> ClaimedPost | None:
    """Move queued -> claimed a post whose row the transaction holds; for ``admission.py``, which asks the rules."""
    return transaction.fetch_row(ClaimedPost, "claim_post", id=post_id, worker=worker, now=now, lease=lease)


def arm_post(db: Statements, claim: ClaimedPost, now: datetime) -> bool:
    """Note the intent to submit, before the browser is asked. Submit only after ``True``.

    Returns:
        ``False`` when the lease has run out: drop the post, it goes back to the queue by itself.

    Raises:
        PermanentFailure: ``lost_fence`` when the post is no longer this worker's.
    """
    if db.execute("arm_post", id=claim.id, token=claim.fencing_token, now=now):
        return True
    if db.fetch_one("claim_ran_out", id=claim.id, token=claim.fencing_token):
        return False
    raise _lost_fence(claim)


def confirm_published(
    db: Statements, claim: ClaimedPost, *, x_post_id: str, permalink: str | None, now: datetime
) -> None:
    """Move armed -> published, with the id X returned.

    Raises:
        PermanentFailure: ``lost_fence``. When the lease ran out meanwhile, the post is ``unconfirmed`` and the
            witness is still good: pass it to :func:`confirm_on_x`.
    """
    _move(db, claim, "confirm_published", x_post_id=x_post_id, permalink=permalink, now=now)


def mark_unconfirmed(db: Statements, claim: ClaimedPost, failure: ProductError, now: datetime) -> None:
    """Move armed -> unconfirmed: it may be on X. Raises ``lost_fence``."""
    _move(db, claim, "mark_unconfirmed", now=now, **_why(failure))


def disarm_post(
    db: Statements,
    claim: ClaimedPost,
    failure: ProductError,
    now: datetime,
    *,
    not_before: datetime | None = None,
) -> None:
    """Move armed -> queued, only for an answer that proves nothing was submitted (a refused slot, say).

    The post then counts neither for spacing nor for the daily cap, and is due again at ``not_before`` if that is
    later than its own time. Raises ``lost_fence``.
    """
    _move(db, claim, "disarm_post", now=now, not_before=not_before or now, **_why(failure))


def fail_post(db: Statements, claim: ClaimedPost, failure: ProductError, now: datetime) -> None:
    """Move claimed or armed -> failed: surely not on X, and trying again is useless. Raises ``lost_fence``."""
    _move(db, claim, "fail_post", now=now, **_why(failure))


def mark_shadowed(db: Statements, claim: ClaimedPost, now: datetime) -> None:
    """Move claimed or armed -> shadowed: everything but the click was done. Raises ``lost_fence``."""
    _move(db, claim, "mark_shadowed", now=now)


def expire_leases(db: Statements, now: datetime, *, dead: str | None = None) -> list[ExpiredLease]:
    """Take posts from workers whose lease ran out, or who are ``dead``: claimed -> queued, armed -> unconfirmed.

    Leases run in real time on the server's clock, however fast the product's clock runs; ``now`` dates the events.
    """
    return db.fetch_rows(ExpiredLease, "expire_leases", now=now, dead=dead, code=FailureCode.LEASE_EXPIRED)


def unconfirmed_posts(db: Statements) -> list[UnconfirmedPost]:
    """Return the posts that may be on X, oldest intent first."""
    return db.fetch_rows(UnconfirmedPost, "unconfirmed_posts")


def confirm_on_x(
    db: Statements,
    post_id: int,
    *,
    x_post_id: str,
    permalink: str | None,
    published_at: datetime,
    now: datetime,
) -> None:
    """Move unconfirmed -> published: a look at X found it.

    Raises:
        PermanentFailure: ``not_unconfirmed`` when the post is in another state, ``integrity`` when the X id
            already belongs to another post.
    """
    moved = db.execute(
        "confirm_on_x",
        id=post_id,
        x_post_id=x_post_id,
        permalink=permalink,
        published_at=published_at,
        now=now,
    )
    if not moved:
        raise _not_unconfirmed(post_id)


def record_look(db: Statements, post_id: int, now: datetime) -> int:
    """Count one look at X that surely did not find the post, and return the looks so far.

    Do not call it when X could not be looked at. Raises ``not_unconfirmed``.
    """
    row = db.fetch_one("record_look", id=post_id, now=now)
    if row is None:
        raise _not_unconfirmed(post_id)
    return int(row["looks"])


def queue_counts(db: Statements) -> dict[str, int]:
    """Return how many posts are in each state; states without posts are absent."""
    return {row["status"]: row["posts"] for row in db.fetch_all("queue_counts")}


def recent_posts(db: Statements, limit: int) -> list[RecentPost]:
    """Return the newest posts in any state, with what the status pages show, newest first."""
    return db.fetch_rows(RecentPost, "recent_posts", limit=limit)


def recent_texts(db: Statements, since: datetime, limit: int = RECENT_TEXTS_MAX) -> list[str]:
    """Return the texts of the newest posts planned since then that were not refused: what a new one must not repeat."""
    return [row["text"] for row in db.fetch_all("recent_texts", since=since, limit=limit)]


def post_events(db: Statements, post_id: int) -> list[PostEvent]:
    """Return every change of a post's state, oldest first."""
    return db.fetch_rows(PostEvent, "post_events_of", id=post_id)


def _new_row(post: NewPost) -> dict[str, Any]:
    images = [asdict(image) | {"content": b64encode(image.content).decode()} for image in post.images]
    return post.model_dump(exclude={"images"}) | {"fingerprint": fingerprint(post.text), "images": images}


def _move(db: Statements, claim: ClaimedPost, statement: str, **values: Any) -> None:  # noqa: ANN401 - SQL values
    if not db.execute(statement, id=claim.id, token=claim.fencing_token, **values):
        raise _lost_fence(claim)


def _why(failure: ProductError) -> dict[str, str]:
    return {"kind": failure.kind.value, "code": failure.code, "reason": failure.reason}


def _lost_fence(claim: ClaimedPost) -> PermanentFailure:
    return PermanentFailure(
        f"Post {claim.id} is no longer held under fencing token {claim.fencing_token}.", code=NOT_HELD
    )


def _not_unconfirmed(post_id: int) -> PermanentFailure:
    return PermanentFailure(f"Post {post_id} is not waiting to be found on X.", code=NOT_UNCONFIRMED)
