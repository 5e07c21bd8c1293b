"""Readings of posts and of the account, misses, and the outcomes that learning uses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PostToMeasure:
    """A published post that is due for a reading; ``metrics_read_at`` is ``None`` before the first."""

    id: int
    x_post_id: str
    published_at: datetime
    metrics_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One reading of a post. ``views`` is ``None`` when the page did not show them."""

    id: int
    post_id: int
    x_post_id: str
    read_at: datetime
    age_seconds: float
    replies: int
    reposts: int
    likes: int
    bookmarks: int
    views: int | None
    label: str


@dataclass(frozen=True, slots=True)
class StoredAccountReading:
    """One reading of the account's profile; ``exact`` says that the page gave whole numbers."""

    id: int
    handle: str
    read_at: datetime
    followers: int
    following: int
    posts: int
    exact: bool


@dataclass(frozen=True, slots=True)
class OutcomeReading:
    """The reading that a post's outcome is made from."""

    post_id: int
    metrics_id: int
    x_post_id: str
    published_at: datetime
    read_at: datetime
    age_seconds: float
    replies: int
    reposts: int
    likes: int
    bookmarks: int
    views: int


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A post with what was known of it when it was planned, and the reward that it earned."""

    post_id: int
    topic: str
    format: str
    features: dict[str, float]
    propensity: float | None
    predicted_reward: float | None
    bandit_version_id: int | None
    predictor_version_id: int | None
    reward: float
    published_at: datetime
    computed_at: datetime


class ModelIdentity(Protocol):
    """What :func:`outcomes_since` needs to know of a model version."""

    @property
    def trained_at(self) -> datetime:
        """When it was trained."""
        ...


def posts_to_measure(
    db: Statements, *, now: datetime, young: timedelta, middle: timedelta, old: timedelta, limit: int
) -> list[PostToMeasure]:
    """Return published posts that are due for a reading: never read first, then longest unlooked-at.

    Args:
        db: the database.
        now: the product's time.
        young: least time between looks at a post under 24 hours old.
        middle: the same from 24 hours to 7 days.
        old: the same after 7 days.
        limit: most posts.

    A miss counts as a look.
    """
    cadence = {"young": young, "middle": middle, "old": old}
    return db.fetch_rows(PostToMeasure, "posts_to_measure", now=now, limit=limit, **cadence)


def insert_readings(db: Statements, rows: Iterable[Fields]) -> list[int]:
    """Store readings and return their ids in the same order.

    Each row has ``post_id, x_post_id, read_at, age_seconds, replies, reposts, likes, bookmarks, views, label``;
    ``views`` is ``None`` when the page did not show them.
    """
    return [row["id"] for row in db.fetch_all("insert_readings", rows=as_rows(rows))]


def insert_misses(db: Statements, rows: Iterable[Fields]) -> int:
    """Store posts asked for and not read: ``post_id, missed_at, why`` (gone or unread) and ``reason``."""
    return db.execute("insert_misses", rows=as_rows(rows))


def latest_reading(db: Statements, post_id: int) -> StoredReading | None:
    """Return the newest reading of one post."""
    return db.fetch_row(StoredReading, "latest_reading", id=post_id)


def readings_of(db: Statements, post_id: int) -> list[StoredReading]:
    """Return every reading of one post, oldest first."""
    return db.fetch_rows(StoredReading, "readings_of", id=post_id)


def insert_account_reading(db: Statements, reading: Fields) -> int:
    """Store one reading of the account: ``handle, read_at, followers, following, posts, exact``."""
    row = db.fetch_one("insert_account_reading", **reading)
    return int(row["id"]) if row else 0


def last_account_reading(db: Statements, handle: str) -> StoredAccountReading | None:
    """Return the newest reading of an account."""
    return db.fetch_row(StoredAccountReading, "last_account_reading", handle=handle)


def outcomes_due(
    db: Statements, *, now: datetime, min_age: timedelta, max_age: timedelta, limit: int
) -> list[OutcomeReading]:
    """Return posts whose outcome can be taken: a reading with views between the two ages, and no outcome yet.

    The first such reading counts. One without views is no outcome: the next one is waited for. A post that was never
    seen with views in that time is not returned at all, so that it stands in nobody's way.
    """
    return db.fetch_rows(OutcomeReading, "outcomes_due", now=now, min_age=min_age, max_age=max_age, limit=limit)


def insert_outcomes(db: Statements, rows: Sequence[Fields]) -> int:
    """Store outcomes: ``post_id, metrics_id, reward, computed_at``. One that exists stays as it is."""
    return db.execute("insert_outcomes", rows=as_rows(rows))


def training_examples(db: Statements) -> list[TrainingExample]:
    """Return one example per outcome, oldest post first."""
    return db.fetch_rows(TrainingExample, "training_examples")


def outcomes_since(db: Statements, model_version: ModelIdentity | None) -> int:
    """Count the outcomes that a model version has not seen; all of them without a version."""
    row = db.fetch_one("outcomes_since", trained_at=model_version.trained_at if model_version else None)
    return int(row["outcomes"]) if row else 0
