"""What the account's followers and its posts' views did over a stretch of time."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class FollowerReading:
    """How many followers the account had at a time."""

    read_at: datetime
    followers: int


@dataclass(frozen=True, slots=True)
class ViewReading:
    """How many views a post had at a time."""

    post_id: int
    published_at: datetime
    read_at: datetime
    views: int


def follower_readings(db: Statements, handle: str, since: datetime) -> list[FollowerReading]:
    """Return exact readings of an account's followers, oldest first."""
    return db.fetch_rows(FollowerReading, "follower_readings", handle=handle, since=since)


def views_since(db: Statements, since: datetime, limit: int) -> list[ViewReading]:
    """Return readings of the newest posts that were published since a time, post by post, oldest first."""
    return db.fetch_rows(ViewReading, "views_since", since=since, limit=limit)
