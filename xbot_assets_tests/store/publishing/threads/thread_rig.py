"""Threads in each state, for tests of the queue."""

from collections.abc import Callable
from datetime import datetime, timedelta

from xbot_assets.domain.admission.refusal import Refusal
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts, threads
from xbot_assets.store.publishing.admission import Question, peek, take
from xbot_assets.testing.admission import LEASE, open_limits, unhurried
from xbot_assets.testing.queueing import NOON, SPACING, finish_published, new_post, row

A_MOMENT = timedelta(seconds=5)
"""Between two segments."""
Finish = Callable[[Database, ClaimedPost, datetime], None]


def queue_thread(db: Database, *texts: str, due: datetime = NOON, cap: int = 24) -> list[int]:
    """Queue a thread that is due at noon."""
    return threads.enqueue_thread(db, [new_post(text, due) for text in texts], NOON, daily_cap=cap)


def claim(
    db: Database,
    now: datetime = NOON,
    *,
    cap: int = 24,
    shadow: bool = False,
    settings: Settings | None = None,
) -> ClaimedPost | None:
    """Claim as the publisher does, but for the pace; with settings, under their limits."""
    limits = unhurried(settings) if settings else open_limits(cap, spacing=SPACING, shadow=shadow)
    question = Question(limits, now, "w")
    hint = peek(db, question)
    taken = take(db, question, lease=LEASE)
    waits = isinstance(taken, Refusal) and not taken.moves
    assert hint == (taken if waits else None), "the hint and the claim are one decision"
    return None if isinstance(taken, Refusal) else taken


def armed(db: Database, now: datetime = NOON) -> ClaimedPost:
    """Claim and arm what is due."""
    held = claim(db, now)
    assert held is not None
    assert posts.arm_post(db, held, now)
    return held


def finished(db: Database, finish: Finish = finish_published, now: datetime = NOON) -> int:
    """Claim, arm and finish what is due; return its number."""
    held = armed(db, now)
    finish(db, held, now)
    return held.id


def states(db: Database, ids: list[int]) -> list[str]:
    """Return the posts' states."""
    return [str(row(db, post_id).status) for post_id in ids]
