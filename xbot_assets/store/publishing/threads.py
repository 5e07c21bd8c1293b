"""Threads in the queue, and the images of posts.

The segments of a thread are posts of their own, each published behind its own fence; a segment waits until the one
before it is on X.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.publishing import BROKEN_THREAD, FAILED_POST
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.images import PostImage
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.domain.posts.threads import thread_problem
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engine.database import Database, Statements, Transaction
from xbot_assets.store.publishing.policy import hold_post
from xbot_assets.store.publishing.posts import insert_posts

_WHY_BROKEN = {
    "failed": "X refused it",
    "rejected": "it was rejected",
    "shadowed": "it was recorded in shadow mode, not posted",
}


@dataclass(frozen=True, slots=True)
class BrokenThread:
    """A thread that waits behind a segment that will never be published.

    ``broken_id``, ``segment``, ``status`` and ``failure_reason`` are of that segment; ``waiting_id`` is the first post
    that waits behind it.
    """

    thread_id: int
    broken_id: int
    segment: int
    status: str
    failure_reason: str | None
    segments: int
    published: int
    waiting_id: int


def enqueue_thread(db: Statements, posts: Sequence[NewPost], now: datetime, *, daily_cap: int) -> list[int]:
    """Queue the posts as one thread, all or none, and return their ids, the first segment's first.

    Raises:
        PermanentFailure: ``bad_thread`` when it could never be published as one; ``duplicate_text`` when an open
            post, or another segment, reads the same.
    """
    problem = thread_problem(posts, daily_cap=daily_cap)
    if problem is not None:
        raise PermanentFailure(problem, code=FailureCode.BAD_THREAD, remedy="Nothing was queued.")
    return insert_posts(db, posts, now, threaded=True)


def post_images(db: Statements, post_id: int) -> list[PostImage]:
    """Return the images that a post shows, in order."""
    return db.fetch_rows(PostImage, "post_images", id=post_id)


def next_segment_time(db: Statements, spacing: timedelta, *, shadow: bool) -> datetime | None:
    """Return from when a begun thread may go on, or ``None`` when none waits for its turn.

    Args:
        db: the database.
        spacing: least time after the segment before.
        shadow: whether a segment that shadow mode recorded counts as published.
    """
    row = db.fetch_one("next_segment_time", spacing=spacing, shadow=shadow)
    return row["at"] if row else None


def broken_threads(db: Statements, *, shadow: bool) -> list[BrokenThread]:
    """Return the threads that wait behind a segment that will never be published."""
    return db.fetch_rows(BrokenThread, "broken_threads", shadow=shadow)


def hold_broken_threads(db: Database, now: datetime, *, shadow: bool) -> list[int]:
    """Give the rest of every broken thread to a person, with an alert; return the threads.

    A rule and no step after the failure: whoever died between the two, the next cycle finds the thread.
    """
    if not broken_threads(db, shadow=shadow):
        return []
    with db.transaction() as transaction:
        transaction.execute("lock_claims")
        broken = broken_threads(transaction, shadow=shadow)
        for thread in broken:
            _hold_rest(transaction, thread, now)
    return [thread.thread_id for thread in broken]


def _hold_rest(transaction: Transaction, thread: BrokenThread, now: datetime) -> None:
    place = f"segment {thread.segment + 1} of {thread.segments}"
    cause = thread.failure_reason or _WHY_BROKEN[thread.status]
    why = f"The thread of post {thread.thread_id} broke at {place}: {cause}"
    hold_post(transaction, thread.broken_id, f"broken thread: {why}", now)
    alert(
        transaction,
        BROKEN_THREAD,
        now=now,
        thread_id=thread.thread_id,
        segment=thread.segment + 1,
        segments=thread.segments,
        why=cause.rstrip("."),
        published=thread.published,
        waiting_id=thread.waiting_id,
    )
    # One incident is one alert: this one names the refused segment and why.
    resolve_alert(transaction, FAILED_POST, now, post_id=thread.broken_id)
