"""Restored backups: what is unknown since when, and what a look at the timeline ends."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows


@dataclass(frozen=True, slots=True)
class Restoration:
    """A restored backup of which it is not known yet what was published after it was made. Product times.

    Attributes:
        taken_at: when the backup was made.
        restored_at: when it was restored.
        first_covered_at: the first look at the timeline that surely showed everything since.
    """

    id: int
    taken_at: datetime
    restored_at: datetime
    first_covered_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A post that waits for its time or for a person."""

    id: int
    text: str


def note_restoration(db: Statements, taken_at: datetime, now: datetime) -> None:
    """Note that a backup was restored, and end what its workers held."""
    db.execute("note_restoration", taken_at=taken_at, now=now)
    db.execute("end_leases_before_restore")


def open_restoration(db: Statements) -> Restoration | None:
    """Return the newest restore after which something is unknown, if there is one."""
    return db.fetch_row(Restoration, "open_restoration")


def note_covered(db: Statements, now: datetime) -> None:
    """Note the first look that surely showed everything since the backup."""
    db.execute("note_restoration_covered", now=now)


def end_restorations(db: Statements, now: datetime) -> None:
    """End what is unknown."""
    db.execute("end_restorations", now=now)


def waiting_texts(db: Statements) -> list[WaitingText]:
    """Return the posts that wait for their time or for a person."""
    return db.fetch_rows(WaitingText, "waiting_posts")


def unconfirm_restored(db: Statements, ids: Collection[int], taken_at: datetime, now: datetime) -> list[int]:
    """Move waiting posts that X seems to show to unconfirmed; return those that were moved."""
    rows = db.fetch_all("unconfirm_restored", ids=list(ids), at=taken_at, now=now)
    return [row["id"] for row in rows]


def adopt_posts(db: Statements, posts: Iterable[dict[str, object]], now: datetime) -> list[str]:
    """Keep posts that X shows and no row knows, as history and towards the limits; return those that are new."""
    rows = db.fetch_all("adopt_posts", rows=as_rows(posts), now=now)
    return [row["x_post_id"] for row in rows]
