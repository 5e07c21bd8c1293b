"""Whom the product does not answer, whose posts it looks at, and when it looked where."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows

Why = Literal["stop", "owner", "bot"]
STOP: Why = "stop"
OWNER: Why = "owner"
NOTIFICATIONS = "notifications"
"""The name, among the places that are looked at, of the account's notifications."""


@dataclass(frozen=True, slots=True)
class UnanswerableAuthor:
    """Somebody who is never answered; ``noted_by`` is ``None`` when the product itself noted it."""

    handle: str
    why: str
    x_post_id: str
    noted_at: datetime
    noted_by: str | None


@dataclass(frozen=True, slots=True)
class ReplyAuthor:
    """What the rules of replying ask of an author: handle in small letters, replies of the last day, oldest first.

    ``last_reply_at`` is when the last of those that are out went, and now while one waits.
    """

    handle: str
    engaged_at: datetime | None
    unanswerable: str | None
    replies_to_author: list[datetime]
    last_reply_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrackedAccount:
    """Somebody whose posts are looked at for opportunities."""

    handle: str
    added_at: datetime
    added_by: str | None


@dataclass(frozen=True, slots=True)
class HarvestSource:
    """A place that was looked at, and what was there last."""

    name: str
    read_at: datetime
    posts_seen: int
    posts_new: int


def note_unanswerable(
    db: Statements, authors: Iterable[tuple[str, Why, str]], now: datetime, *, by: str | None = None
) -> int:
    """Never answer these again: handle, why, and the post that shows it. Return how many are new."""
    rows = ({"handle": handle, "why": why, "x_post_id": post_id} for handle, why, post_id in authors)
    return db.execute("note_unanswerable", rows=as_rows(rows), now=now, by=by)


def forget_unanswerable(db: Statements, handle: str) -> bool:
    """Let somebody be answered again; only the owner may. Return whether they were not."""
    return db.execute("forget_unanswerable", handle=handle) > 0


def unanswerable_authors(db: Statements) -> list[UnanswerableAuthor]:
    """Return everybody who is never answered, newest first."""
    return db.fetch_rows(UnanswerableAuthor, "unanswerable_authors")


def unanswerable_among(db: Statements, handles: Sequence[str]) -> frozenset[str]:
    """Return which of these handles are never answered, in small letters."""
    rows = db.fetch_all("unanswerable_among", handles=[handle.lower() for handle in handles])
    return frozenset(row["handle"] for row in rows)


def reply_authors(
    db: Statements, handles: Sequence[str], *, day_ago: datetime, now: datetime
) -> dict[str, ReplyAuthor]:
    """Return what the rules ask of these authors, by handle in small letters."""
    names = sorted({handle.lower() for handle in handles})
    rows = db.fetch_rows(ReplyAuthor, "reply_authors", handles=names, day_ago=day_ago, now=now)
    return {row.handle: row for row in rows}


def notifications_read_at(db: Statements) -> datetime | None:
    """Return when the notifications were read last."""
    return next((source.read_at for source in harvest_sources(db) if source.name == NOTIFICATIONS), None)


def note_quick_answerers(db: Statements, *, answers: int, within: timedelta, since: datetime, now: datetime) -> int:
    """Note as bots who answered so many of our posts so quickly since then; return how many are new."""
    seconds = within.total_seconds()
    return db.execute("note_quick_answerers", answers=answers, seconds=seconds, since=since, now=now)


def track(db: Statements, handle: str, now: datetime, *, by: str | None) -> bool:
    """Look at somebody's posts from now on; return whether that is new."""
    return db.execute("track_account", handle=handle, now=now, by=by) > 0


def untrack(db: Statements, handle: str) -> bool:
    """Look at them no more; return whether they were looked at."""
    return db.execute("untrack_account", handle=handle) > 0


def tracked_accounts(db: Statements) -> list[TrackedAccount]:
    """Return everybody whose posts are looked at."""
    return db.fetch_rows(TrackedAccount, "tracked_accounts")


def note_harvest(db: Statements, name: str, now: datetime, *, seen: int, new: int) -> None:
    """Keep that a place was looked at."""
    db.execute("note_harvest", name=name, now=now, seen=seen, new=new)


def harvest_sources(db: Statements) -> list[HarvestSource]:
    """Return every place that was looked at, the one longest ago first."""
    return db.fetch_rows(HarvestSource, "harvest_sources")


def last_look(db: Statements) -> Callable[[str], tuple[bool, datetime | None]]:
    """Return what sorts places by name: those never looked at, then the one looked at longest ago."""
    looked = {source.name: source.read_at for source in harvest_sources(db)}
    return lambda name: (name in looked, looked.get(name))
