"""What others talk about and what works for them: rows that stay, and a sighting each time that a thing is seen."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from xbot_assets.domain.engagement.signals import SignalKind
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows


@dataclass(frozen=True, slots=True)
class NewSignal:
    """One thing as it was seen: a post by somebody, or a trend or headline, which has no id.

    Attributes:
        name: of a post its id; else the words.
        about: what it was looked for by, or X's words above it.
        rank: its place in the list, from 1.
        posts: how many posts there are about it, as X counts; the other numbers are the post's own. ``None``: not told.
    """

    kind: SignalKind
    name: str
    about: str
    text: str
    x_post_id: str | None = None
    handle: str | None = None
    format: str | None = None
    created_at: datetime | None = None
    rank: int | None = None
    posts: int | None = None
    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing with the numbers of its last sighting."""

    id: int
    kind: str
    name: str
    x_post_id: str | None
    handle: str | None
    about: str
    format: str | None
    text: str
    created_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    rank: int | None
    posts: int | None
    likes: int | None
    reposts: int | None
    replies: int | None
    views: int | None


@dataclass(frozen=True, slots=True)
class StoredSignals:
    """How many things were stored, and how many of them are new."""

    stored: int
    new: int


@dataclass(frozen=True, slots=True)
class SignalCount:
    """How many things of a kind were seen, how many of them for the first time, and when last."""

    kind: str
    seen: int
    new: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SignalProblems:
    """How many of the newest signals cannot be as they are."""

    signals: int
    impossible: int
    of_the_future: int
    without_numbers: int
    own: int


@dataclass(frozen=True, slots=True)
class SignalReading:
    """When a reading was, how many things it saw, how many of them for the first time, and lines it could not read."""

    read_at: datetime
    seen: int
    new: int
    unread: int


@dataclass(frozen=True, slots=True)
class _Stored:
    x_post_id: str


@dataclass(frozen=True, slots=True)
class _Duplicates:
    duplicates: int


ReadingName = Literal["high_value", "background"]
CHECKED = 500
"""The checks look at so many of the newest."""


def store_signals(db: Statements, seen: Iterable[NewSignal], now: datetime) -> StoredSignals:
    """Store what was seen at one time, all or nothing; told again, it changes nothing."""
    rows = as_rows(asdict(one) for one in seen)
    return db.fetch_row(StoredSignals, "store_signals", rows=rows, now=now) or StoredSignals(0, 0)


def newest_signals(db: Statements, kind: SignalKind, *, since: datetime, limit: int) -> list[Signal]:
    """Return what was seen last of a kind, newest first."""
    return db.fetch_rows(Signal, "newest_signals", kind=kind.value, since=since, limit=limit)


def posts_stored(db: Statements, ids: Collection[str]) -> frozenset[str]:
    """Return which of these posts are stored."""
    return frozenset(row.x_post_id for row in db.fetch_rows(_Stored, "signal_posts_stored", ids=sorted(ids)))


def signal_counts(db: Statements, since: datetime) -> list[SignalCount]:
    """Count what was seen since a time by kind."""
    return db.fetch_rows(SignalCount, "signal_counts", since=since)


def signal_problems(db: Statements, kinds: Sequence[SignalKind], *, since: datetime, own: str) -> SignalProblems:
    """Count what cannot be among the newest signals of these kinds."""
    asked = {"kinds": [kind.value for kind in kinds], "since": since, "limit": CHECKED}
    return db.fetch_row(SignalProblems, "signal_problems", own=own, **asked) or SignalProblems(0, 0, 0, 0, 0)


def duplicates(db: Statements, kinds: Sequence[SignalKind], *, since: datetime) -> int:
    """Count texts that stand in more than one of the newest posts of one author."""
    asked = {"kinds": [kind.value for kind in kinds], "since": since, "limit": CHECKED}
    row = db.fetch_row(_Duplicates, "signal_duplicates", **asked)
    return row.duplicates if row else 0


def note_reading(db: Statements, reading: ReadingName, now: datetime, *, seen: int, new: int, unread: int) -> None:
    """Keep what a reading brought."""
    db.execute("note_signal_reading", reading=reading, now=now, seen=seen, new=new, unread=unread)


def last_readings(db: Statements, reading: ReadingName, limit: int) -> list[SignalReading]:
    """Return what the last readings brought, newest first."""
    return db.fetch_rows(SignalReading, "last_signal_readings", reading=reading, limit=limit)
