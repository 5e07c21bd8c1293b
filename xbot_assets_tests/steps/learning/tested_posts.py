"""Posts with outcomes, planned on given days, for tests of what they prove."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from xbot_assets.domain.learning.bandit import Choice
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.product import Product
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post

SPACING = timedelta(minutes=30)
COUNTS = {"replies": 0, "reposts": 0, "likes": 1, "bookmarks": 0, "views": 9, "label": "l"}


class ToPublish(NamedTuple):
    """A post to be: its choice, its reward, and which versions chose it."""

    choice: Choice
    reward: float
    version_id: int | None = None
    source: str = "llm"
    tested_id: int | None = None


def publish_tested(product: Product, tested: Sequence[ToPublish], first: datetime) -> None:
    """Publish posts half an hour apart from ``first`` on, and store what each earned."""
    for number, one in enumerate(tested):
        _publish(product, one, first + number * SPACING, f"Post {first:%d %H} number {number}")


def _publish(product: Product, one: ToPublish, at: datetime, text: str) -> None:
    db = product.database
    post = NewPost(
        text=text,
        topic=one.choice.arm.topic,
        format=one.choice.arm.format,
        features={"length": 1.0},
        source=one.source,
        bandit_version_id=one.version_id,
        tested_version_id=one.tested_id,
        propensity=one.choice.propensity,
        arm_chances=one.choice.chances,
        scheduled_at=at,
    )
    posts.enqueue_posts(db, [post], at)
    held = take_post(db, open_limits(), at, lease=timedelta(days=1))
    assert held is not None
    assert posts.arm_post(db, held, at)
    posts.confirm_published(db, held, x_post_id=f"9{held.id}", permalink=f"/me/status/9{held.id}", now=at)
    read_at = at + timedelta(days=1)
    reading = {"post_id": held.id, "read_at": read_at, "label": None}
    schedule = {"next_read_at": read_at + timedelta(days=1), "unchanged_readings": 0}
    readings.insert_readings(db, [reading | COUNTS | schedule])
    scored = {"reward": one.reward, "score": one.reward, "level": 0.5, "is_relative": False}
    outcome = {"post_id": held.id, "read_at": read_at, "computed_at": read_at, **scored}
    readings.insert_outcomes(db, [outcome])
