"""Threads in each state, for tests of the queue."""

from collections.abc import Callable
from datetime import datetime, timedelta

from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import policy, posts, threads
from xbot_assets.testing.queueing import LEASE, NOON, SPACING, new_post, row, settle_published

A_MOMENT = timedelta(seconds=5)
"""Between two segments."""
Settle = Callable[[Database, ClaimedPost, datetime], None]


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
    """Claim as the publisher does, but for the pace; with settings, by their rules of policy too."""
    rules: posts.ClaimRules = {"spacing": SPACING, "daily_cap": cap, "shadow": shadow}
    found = posts.due_post_exists(db, now=now, **rules)
    check = policy.policy_check(settings, now) if settings else lambda _, __: True
    held = posts.claim_due_post(db, worker="w", now=now, lease=LEASE, may_go=check, **rules)
    # The hint for sensors and the claim are one rule; what policy refuses, the hint does not know.
    assert found == (held is not None) or settings is not None
    return held


def armed(db: Database, now: datetime = NOON) -> ClaimedPost:
    """Claim and arm what is due."""
    held = claim(db, now)
    assert held is not None
    assert posts.arm_post(db, held, now)
    return held


def settled(db: Database, settle: Settle = settle_published, now: datetime = NOON) -> int:
    """Claim, arm and settle what is due; return its number."""
    held = armed(db, now)
    settle(db, held, now)
    return held.id


def states(db: Database, ids: list[int]) -> list[str]:
    """Return the posts' states."""
    return [str(row(db, post_id)["status"]) for post_id in ids]
