"""Posts in each state, for tests of the queue."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, UnknownOutcome
from xbot_assets.domain.posts.post import ClaimedPost, NewPost
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.rows import RecentPost
from xbot_assets.testing.admission import LEASE, open_limits, take_post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPACING = timedelta(minutes=5)
REFUSED = PermanentFailure("X said no.", code=FailureCode.REFUSED)
BUSY = TransientFailure("No slot.", code=FailureCode.NO_SLOT)
UNSURE = UnknownOutcome("The page hung.", code=FailureCode.PAGE_TIMEOUT)


def new_post(text: str, due: datetime = NOON) -> NewPost:
    """Build a post that is due at noon."""
    return NewPost(text=text, topic="sea", format="fact", features={"length": 3.0}, propensity=0.5, scheduled_at=due)


def queue(db: Database, *texts: str) -> list[int]:
    """Queue posts that are due at noon."""
    return posts.enqueue_posts(db, [new_post(text) for text in texts], NOON)


def claim(
    db: Database, now: datetime = NOON, *, lease: timedelta = LEASE, cap: int = 24, worker: str = "w"
) -> ClaimedPost | None:
    """Claim as the publisher does."""
    return take_post(db, open_limits(cap, spacing=SPACING), now, worker=worker, lease=lease)


def claimed(db: Database, now: datetime = NOON, *, lease: timedelta = LEASE) -> ClaimedPost:
    """Queue one post and claim it."""
    queue(db, "The sea is salt.")
    held = claim(db, now, lease=lease)
    assert held is not None
    return held


def armed(db: Database, now: datetime = NOON) -> ClaimedPost:
    """Queue, claim and arm one post."""
    held = claimed(db, now)
    assert posts.arm_post(db, held, now)
    return held


def row(db: Database, post_id: int) -> RecentPost:
    """Return a post as the status page shows it."""
    return next(post for post in posts.recent_posts(db, 100) if post.id == post_id)


def steps(db: Database, post_id: int) -> list[tuple[str | None, str]]:
    """Return the changes of state that were recorded."""
    return [(event.from_status, event.to_status) for event in posts.post_events(db, post_id)]


def code_of(action: Callable[[], object]) -> str:
    """Return the code of the failure that the action raises."""
    with pytest.raises(ProductError) as caught:
        action()
    return caught.value.code


def finish_published(db: Database, held: ClaimedPost, now: datetime) -> None:
    """Publish an armed post under an id of its own."""
    posts.confirm_published(db, held, x_post_id=str(held.id), permalink=None, now=now)


def finish_unconfirmed(db: Database, held: ClaimedPost, now: datetime) -> None:
    """Leave an armed unconfirmed post."""
    posts.mark_unconfirmed(db, held, UNSURE, now)
