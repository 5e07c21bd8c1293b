"""Posts with readings of chosen counts, for tests of what is learned from them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.domain.learning.features import post_features
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.product import Product
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post

DAY = timedelta(days=1)


class Measurable(NamedTuple):
    """A post to be: its arm, words, time, and what a reading a day later says."""

    arm: Arm
    text: str
    at: datetime
    likes: int
    views: int | None
    tone: str = "plain"
    source: str = "llm"


def publish_measured(product: Product, measured: Sequence[Measurable]) -> list[int]:
    """Publish posts and store a reading of each; return their ids."""
    return [_publish(product, one) for one in measured]


def _publish(product: Product, one: Measurable) -> int:
    db = product.database
    features = post_features(one.text, one.tone) if one.source == "llm" else {}
    post = NewPost(
        text=one.text,
        topic=one.arm.topic,
        format=one.arm.format,
        features=features,
        source=one.source,
        scheduled_at=one.at,
    )
    posts.enqueue_posts(db, [post], one.at)
    held = take_post(db, open_limits(), one.at, lease=DAY)
    assert held is not None
    assert posts.arm_post(db, held, one.at)
    link = f"https://x.com/me/status/9{held.id}"
    posts.confirm_published(db, held, x_post_id=f"9{held.id}", permalink=link, now=one.at)
    counts = {"replies": 0, "reposts": 0, "likes": one.likes, "bookmarks": 0, "views": one.views, "label": None}
    schedule = {"read_at": one.at + DAY, "next_read_at": one.at + 2 * DAY, "unchanged_readings": 0}
    readings.insert_readings(db, [{"post_id": held.id, **schedule, **counts}])
    return held.id
