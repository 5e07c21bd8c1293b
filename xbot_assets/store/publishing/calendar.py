"""What the owner's pages show of posts: what comes, a stretch of the calendar, a page of what waits for a person.

Every question here is bounded, so that a page costs the same among a hundred posts and a hundred thousand.
"""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.store.engine.database import Statements
from xbot_assets.store.publishing.rows import HeldPost


@dataclass(frozen=True, slots=True)
class CalendarPost:
    """A post at its time: when it was published or may have been, else when it is due; of a thread the first."""

    id: int
    status: str
    text: str
    at: datetime
    topic: str
    format: str
    source: str
    thread_id: int | None
    segment: int | None
    segments: int


@dataclass(frozen=True, slots=True)
class ThreadText:
    """One segment of a thread."""

    id: int
    segment: int
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What an image of a post is, without the image."""

    position: int
    mime_type: str
    alt_text: str


@dataclass(frozen=True, slots=True)
class PictureContent:
    """One image of a post, whole."""

    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ChangeMarks:
    """What is different after something happened that a page shows: numbers that grow, and times."""

    posts: int
    alerts: int
    budget: int
    browser: datetime | None
    under_way: int
    waiting: datetime | None
    suggestions: str


def upcoming_posts(db: Statements, limit: int) -> list[CalendarPost]:
    """Return what waits in the queue, soonest first."""
    return db.fetch_rows(CalendarPost, "upcoming_posts", limit=limit)


def calendar_posts(db: Statements, start: datetime, end: datetime, limit: int) -> list[CalendarPost]:
    """Return the posts of a stretch of time, oldest first: at most ``limit`` on X, as many queued, as many held."""
    return db.fetch_rows(CalendarPost, "calendar_posts", start=start, end=end, limit=limit)


def held_page(db: Statements, limit: int, offset: int) -> list[HeldPost]:
    """Return a page of what waits for a person; ``limit`` counts posts, and a thread as one."""
    return db.fetch_rows(HeldPost, "held_page", limit=limit, offset=offset)


def decisions_waiting(db: Statements) -> int:
    """Return how many posts and threads wait for a person."""
    row = db.fetch_one("held_heads")
    return int(row["waiting"]) if row else 0


def thread_texts(db: Statements, post_id: int) -> list[ThreadText]:
    """Return the segments of a post's thread, in order; none for a single post."""
    return db.fetch_rows(ThreadText, "thread_texts", id=post_id)


def post_pictures(db: Statements, post_id: int) -> list[Picture]:
    """Return what the images of a post are, in order."""
    return db.fetch_rows(Picture, "post_pictures", id=post_id)


def post_picture(db: Statements, post_id: int, position: int) -> PictureContent | None:
    """Return one image of a post, if it has it."""
    return db.fetch_row(PictureContent, "post_picture", id=post_id, position=position)


def change_marks(db: Statements) -> ChangeMarks | None:
    """Return what differs after something happened that a page shows."""
    return db.fetch_row(ChangeMarks, "change_marks")
