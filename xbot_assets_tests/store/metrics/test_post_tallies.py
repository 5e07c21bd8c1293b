"""Counts of posts that are kept instead of counted: they are what counting would say."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg

from xbot_assets.domain.posts.post import NewPost
from xbot_assets.store.content.emergency_pool import first_published, newest_published, published_totals
from xbot_assets.store.engine.database import Database
from xbot_assets.store.metrics import readings
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def enqueue(db: Database, text: str, at: datetime = NOON, topic: str = "sea") -> int:
    """Queue one post."""
    post = NewPost.model_validate({"text": text, "topic": topic, "format": "fact", "scheduled_at": at})
    return posts.enqueue_posts(db, [post], at)[0]


def publish(db: Database, at: datetime) -> int:
    """Publish the post that is due."""
    held = take_post(db, open_limits(), at, lease=HOUR)
    assert held is not None
    assert posts.arm_post(db, held, at)
    posts.confirm_published(db, held, x_post_id=f"9{held.id}", permalink=None, now=at)
    return held.id


def read(db: Database, post_id: int, at: datetime, likes: int, views: int | None) -> None:
    """Store a reading."""
    counts = {"replies": 1, "reposts": 0, "likes": likes, "bookmarks": 0, "views": views, "label": None}
    row = {"post_id": post_id, "read_at": at, "next_read_at": at + HOUR, "unchanged_readings": 0, **counts}
    readings.insert_readings(db, [row])


def test_totals_are_those_of_the_newest_readings(database: Database) -> None:
    """Likes that fell count as they are now, the best as it was then; a post never read is one post."""
    enqueue(database, "first")
    first = publish(database, NOON)
    read(database, first, NOON + HOUR, likes=5, views=50)
    read(database, first, NOON + 2 * HOUR, likes=4, views=60)
    enqueue(database, "second", NOON + HOUR)
    second = publish(database, NOON + HOUR)
    enqueue(database, "third", topic="sky")
    (total,) = published_totals(database)
    assert (total.topic, total.format, total.posts) == ("sea", "fact", 2)
    assert (total.likes, total.replies, total.views, total.best_likes) == (4, 1, 60, 5)
    read(database, second, NOON + 3 * HOUR, likes=2, views=None)
    assert [one.likes for one in published_totals(database)] == [6]
    assert first_published(database) == NOON
    assert newest_published(database, 1) == [NOON + HOUR]


def test_counts_stay_right_while_many_change_posts_at_once(database: Database, database_url: str) -> None:
    """Rows are folded many times meanwhile; nobody waits for another and nothing is lost or counted twice."""

    def change(worker: int) -> None:
        rng = random.Random(worker)  # noqa: S311 - no secret
        for number in range(150):
            post_id = enqueue(database, f"text {worker} {number}", topic=f"topic {rng.randrange(3)}")
            if rng.random() < 0.5:
                statement = b"update xbot.posts set status = %s where id = %s"
                with psycopg.connect(database_url) as connection:
                    connection.execute(statement, (rng.choice(("held", "rejected", "failed")), post_id))
                    if rng.random() < 0.2:
                        connection.rollback()

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(change, range(4)))
    with psycopg.connect(database_url) as connection:
        counted = Counter(status for (status,) in connection.execute("select status from xbot.posts"))
        rows = connection.execute("select count(*) from xbot.post_tallies").fetchone()
    assert posts.queue_counts(database) == counted
    assert rows is not None
    assert rows[0] < 600, "the rows are folded into their sums"
