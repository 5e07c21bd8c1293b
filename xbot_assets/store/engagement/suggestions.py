"""Replies that the product may not post itself, for a person to post by hand.

suggested -> copied -> posted
      `--------`-----> dismissed
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from xbot_assets.store.engine.database import Statements

Moved = Literal["copied", "dismissed"]
REPLIES_CHECKED = 1000
"""The checks look at so many of the newest replies: older ones were looked at when they were new."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A draft and the post that it answers. It can be posted until ``expires_at``."""

    x_post_id: str
    handle: str
    text: str
    created_at: datetime
    expires_at: datetime
    velocity: float | None
    relevance: float | None
    draft: str
    why: str
    state: str
    suggested_at: datetime


@dataclass(frozen=True, slots=True)
class HeldSuggestion:
    """A suggestion that the transaction holds; ``post_id`` once it was posted."""

    x_post_id: str
    handle: str
    draft: str
    state: str
    post_id: int | None


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A reply of ours in any state, with the text that it answers where that is known."""

    id: int
    status: str
    text: str
    reply_to_x_id: str
    reply_to_handle: str
    scheduled_at: datetime
    published_at: datetime | None
    permalink: str | None
    source: str
    answers_text: str | None
    failure_reason: str | None


@dataclass(frozen=True, slots=True)
class AnsweredTwice:
    """A post on X that more than one of our replies answers, or may."""

    reply_to_x_id: str
    replies: int


def open_suggestions(db: Statements, now: datetime, limit: int) -> list[Suggestion]:
    """Return what a person may still post, newest first."""
    return db.fetch_rows(Suggestion, "open_suggestions", now=now, limit=limit)


def open_count(db: Statements, now: datetime) -> int:
    """Return how many suggestions a person may still post."""
    row = db.fetch_one("open_suggestion_count", now=now)
    return int(row["suggestions"]) if row else 0


def held_suggestion(db: Statements, x_post_id: str) -> HeldSuggestion | None:
    """Return one suggestion and hold it until the transaction ends."""
    return db.fetch_row(HeldSuggestion, "suggestion_of", x_post_id=x_post_id)


def move(db: Statements, x_post_id: str, state: Moved, *, by: str, now: datetime) -> bool:
    """Move an open suggestion; ``False`` when it is open no more."""
    return db.execute("move_suggestion", x_post_id=x_post_id, state=state, by=by, now=now) > 0


def note_posted(db: Statements, x_post_id: str, post_id: int, *, by: str, now: datetime) -> bool:
    """Keep which row is the reply that a person posted; ``False`` when the suggestion is open no more."""
    return db.execute("suggestion_posted", x_post_id=x_post_id, post_id=post_id, by=by, now=now) > 0


def recent_replies(db: Statements, limit: int) -> list[ReplyRow]:
    """Return the newest replies, whoever wrote them."""
    return db.fetch_rows(ReplyRow, "recent_replies", limit=limit)


def answered_twice(db: Statements) -> list[AnsweredTwice]:
    """Return every post that was answered twice, of those that the newest replies answer: there must be none."""
    return db.fetch_rows(AnsweredTwice, "replies_twice", limit=REPLIES_CHECKED)


def unwanted_replies(db: Statements) -> int:
    """Return how many of the newest replies went to somebody after it was noted that they are not answered."""
    row = db.fetch_one("unwanted_replies", limit=REPLIES_CHECKED)
    return int(row["replies"]) if row else 0
