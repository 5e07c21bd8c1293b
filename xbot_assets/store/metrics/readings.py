"""Readings of posts and of the account, misses, and the outcomes that learning uses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from xbot_assets.store.engine.database import Row, Statements
from xbot_assets.store.engine.rows import as_rows

Fields = Mapping[str, Any]


class ModelIdentity(Protocol):
    """What :func:`outcomes_since` needs to know of a model version."""

    @property
    def trained_at(self) -> datetime:
        """When it was trained."""
        ...


def posts_to_measure(
    db: Statements, *, now: datetime, young: timedelta, middle: timedelta, old: timedelta, limit: int
) -> list[Row]:
    """Return published posts that are due for a reading: never read first, then longest unlooked-at.

    Args:
        db: the database.
        now: the product's time.
        young: least time between looks at a post under 24 hours old.
        middle: the same from 24 hours to 7 days.
        old: the same after 7 days.
        limit: most posts.

    Returns:
        ``id, x_post_id, published_at, metrics_read_at`` of each. A miss counts as a look.
    """
    return db.fetch_all("posts_to_measure", now=now, young=young, middle=middle, old=old, limit=limit)


def insert_readings(db: Statements, rows: Iterable[Fields]) -> list[int]:
    """Store readings and return their ids in the same order.

    Each row has ``post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label``;
    ``views`` is ``None`` when the page did not show them.
    """
    return [row["id"] for row in db.fetch_all("insert_readings", rows=as_rows(rows))]


def insert_misses(db: Statements, rows: Iterable[Fields]) -> int:
    """Store posts asked for and not read: ``post_id, missed_at, why`` (gone or unread) and ``reason``."""
    return db.execute("insert_misses", rows=as_rows(rows))


def latest_reading(db: Statements, post_id: int) -> Row | None:
    """Return the newest reading of one post."""
    return db.fetch_one("latest_reading", id=post_id)


def readings_of(db: Statements, post_id: int) -> list[Row]:
    """Return every reading of one post, oldest first."""
    return db.fetch_all("readings_of", id=post_id)


def insert_account_reading(db: Statements, reading: Fields) -> int:
    """Store one reading of the account: ``handle, read_at, followers, following, posts, exact``."""
    row = db.fetch_one("insert_account_reading", **reading)
    return int(row["id"]) if row else 0


def last_account_reading(db: Statements, handle: str) -> Row | None:
    """Return the newest reading of an account."""
    return db.fetch_one("last_account_reading", handle=handle)


def outcomes_due(db: Statements, *, now: datetime, min_age: timedelta, limit: int) -> list[Row]:
    """Return posts whose outcome can be taken: the first reading at ``min_age`` or later, and no outcome yet.

    Returns:
        ``post_id, metrics_id, x_post_id, published_at, read_at, age_seconds`` and the counts of that reading.
    """
    return db.fetch_all("outcomes_due", now=now, min_age=min_age, limit=limit)


def insert_outcomes(db: Statements, rows: Sequence[Fields]) -> int:
    """Store outcomes: ``post_id, metrics_id, reward, computed_at``. One that exists stays as it is."""
    return db.execute("insert_outcomes", rows=as_rows(rows))


def training_rows(db: Statements) -> list[Row]:
    """Return one row per outcome, oldest post first.

    Each has ``post_id, topic, format, features, propensity, predicted_reward, bandit_version_id,
    predictor_version_id, reward, published_at, computed_at``.
    """
    return db.fetch_all("training_rows")


def outcomes_since(db: Statements, model_version: ModelIdentity | None) -> int:
    """Count the outcomes that a model version has not seen; all of them without a version."""
    row = db.fetch_one("outcomes_since", trained_at=model_version.trained_at if model_version else None)
    return int(row["outcomes"]) if row else 0
