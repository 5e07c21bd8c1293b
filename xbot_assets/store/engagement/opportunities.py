"""Posts by others that may be answered: what was seen, how fast it rises, how relevant it is, what became of it.

    open -> planned | suggested | filtered | expired | dismissed

Only an open one can be decided about, and each decision is one statement guarded by that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows

RelevanceBy = Literal["model", "keywords"]
REPLY_PURPOSE = "reply"
"""What the ledger of model calls and the budget's shares call the writing of replies."""


@dataclass(frozen=True, slots=True)
class StoredOpportunity:
    """A post that was new, or that turned out to be inbound."""

    x_post_id: str
    state: str


@dataclass(frozen=True, slots=True)
class OpportunityReading:
    """One reading of one post; a number is ``None`` when the page did not tell it."""

    x_post_id: str
    created_at: datetime
    read_at: datetime
    likes: int | None
    reposts: int | None
    replies: int | None
    bookmarks: int | None
    views: int | None


@dataclass(frozen=True, slots=True)
class UnjudgedOpportunity:
    """A post whose relevance nobody has judged."""

    x_post_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A post that may be answered now."""

    x_post_id: str
    handle: str
    source: str
    inbound: bool
    text: str
    lang: str | None
    conversation_id: str
    in_reply_to: str | None
    automated: bool
    created_at: datetime
    velocity: float | None
    relevance: float | None


@dataclass(frozen=True, slots=True)
class OpportunityCount:
    """How many of the pool were open after a harvest."""

    counted_at: datetime
    open_posts: int


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many opportunities of a source are in a state, for a reason."""

    source: str
    state: str
    reason: str
    posts: int


@dataclass(frozen=True, slots=True)
class WaitingReplies:
    """Replies that wait in the queue, and suggestions that a person may still post."""

    waiting: int
    last_planned: datetime | None
    suggested: int
    last_suggested: datetime | None


@dataclass(frozen=True, slots=True)
class DecidedOpportunity:
    """What became of one post."""

    state: str
    reason: str
    source: str
    post_id: int | None


def opportunity_of(db: Statements, x_post_id: str) -> DecidedOpportunity | None:
    """Return what became of one post; ``None`` for one that was never seen."""
    return db.fetch_row(DecidedOpportunity, "opportunity_of", x_post_id=x_post_id)


@dataclass(frozen=True, slots=True)
class PoolProblems:
    """The size of the pool, and how many of its open posts should not be there."""

    open_posts: int
    own: int
    without_text: int
    falling: int


def pool_problems(db: Statements, now: datetime, own: str) -> PoolProblems | None:
    """Count what must not be among the open posts of the pool."""
    return db.fetch_row(PoolProblems, "pool_problems", now=now, own=own)


def engagements_without_evidence(db: Statements, now: datetime) -> int:
    """Return how many engagements of the last month lack their post, or lie in the future."""
    row = db.fetch_one("engagements_without_evidence", now=now)
    return int(row["problems"]) if row else 0


def store_opportunities(db: Statements, rows: Iterable[Mapping[str, Any]], now: datetime) -> list[StoredOpportunity]:
    """Keep what was seen and return what was new; what was decided about a known post stands.

    Each row has ``x_post_id, handle, source, state, reason, text, lang, in_reply_to, conversation_id, automated,
    created_at, expires_at``.
    """
    return db.fetch_rows(StoredOpportunity, "store_opportunities", rows=as_rows(rows), now=now)


def store_readings(db: Statements, rows: Iterable[Mapping[str, Any]], gap: timedelta) -> int:
    """Keep counts of open posts; those nearer than ``gap`` to the reading before are left out."""
    return db.execute("store_opportunity_readings", rows=as_rows(rows), gap=gap)


def newest_readings(db: Statements, ids: Sequence[str]) -> list[OpportunityReading]:
    """Return the two newest readings of each post, newest first."""
    return db.fetch_rows(OpportunityReading, "newest_readings", ids=list(ids))


def store_velocities(db: Statements, velocities: Mapping[str, float]) -> int:
    """Keep how fast open posts rise, by id."""
    rows = ({"x_post_id": post_id, "velocity": value} for post_id, value in velocities.items())
    return db.execute("store_velocities", rows=as_rows(rows))


def read_once(db: Statements, *, now: datetime, before: datetime, relevance: float, limit: int) -> list[str]:
    """Return open posts of the pool that need a second reading, the most relevant first."""
    rows = db.fetch_all("opportunities_read_once", now=now, before=before, relevance=relevance, limit=limit)
    return [row["x_post_id"] for row in rows]


def unjudged(db: Statements, now: datetime, limit: int) -> list[UnjudgedOpportunity]:
    """Return open posts of the pool whose relevance nobody has judged, newest first."""
    return db.fetch_rows(UnjudgedOpportunity, "unjudged_opportunities", now=now, limit=limit)


def store_relevance(db: Statements, scores: Mapping[str, float], by: RelevanceBy) -> int:
    """Keep how relevant posts are, from 0 to 1, by id."""
    rows = ({"x_post_id": post_id, "relevance": value} for post_id, value in scores.items())
    return db.execute("store_relevance", rows=as_rows(rows), by=by)


def expire(db: Statements, now: datetime, most: int) -> int:
    """Close what is too old, and of the pool what is least promising beyond ``most``; return how many."""
    return db.execute("expire_opportunities", now=now, most=most)


def open_count(db: Statements, now: datetime) -> int:
    """Return how many of the pool are open."""
    row = db.fetch_one("open_opportunity_count", now=now)
    return int(row["open_posts"]) if row else 0


def note_count(db: Statements, now: datetime, open_posts: int) -> None:
    """Keep how many of the pool were open."""
    db.execute("note_opportunity_count", now=now, open_posts=open_posts)


def counts_since(db: Statements, since: datetime) -> list[OpportunityCount]:
    """Return how many were open after each harvest since then, oldest first."""
    return db.fetch_rows(OpportunityCount, "opportunity_counts_since", since=since)


def first_count_at(db: Statements) -> datetime | None:
    """Return when the first harvest was counted."""
    row = db.fetch_one("first_opportunity_count")
    return row["counted_at"] if row else None


def states_since(db: Statements, since: datetime) -> list[StateCount]:
    """Count the opportunities that changed since then by source, state and reason."""
    return db.fetch_rows(StateCount, "opportunity_states", since=since)


def answerable(db: Statements, *, now: datetime, relevance: float, limit: int) -> list[Opportunity]:
    """Return what may be answered: inbound first, oldest first; then the pool, what is relevant and rises fastest."""
    return db.fetch_rows(Opportunity, "answerable_opportunities", now=now, relevance=relevance, limit=limit)


def refuse(db: Statements, x_post_id: str, reason: str, now: datetime) -> bool:
    """Move open -> filtered; ``False`` when it is open no more."""
    return db.execute("refuse_opportunity", x_post_id=x_post_id, reason=reason, now=now) > 0


def plan(db: Statements, x_post_id: str, post_id: int, now: datetime) -> bool:
    """Move open -> planned; ``False`` when it is open no more: then its reply must not be queued."""
    return db.execute("plan_opportunity", x_post_id=x_post_id, post_id=post_id, now=now) > 0


def suggest(db: Statements, x_post_id: str, *, draft: str, why: str, call: int | None, now: datetime) -> bool:
    """Move open -> suggested with its draft; ``False`` when it is open no more."""
    return db.execute("suggest_opportunity", x_post_id=x_post_id, draft=draft, why=why, call=call, now=now) > 0


def waiting_replies(db: Statements, now: datetime) -> WaitingReplies:
    """Return what waits already, so that no more is planned than goes out."""
    return db.fetch_row(WaitingReplies, "replies_waiting", now=now) or WaitingReplies(0, None, 0, None)


def turns_in(db: Statements, conversations: Sequence[str]) -> dict[str, int]:
    """Return how many replies of ours each conversation has, waiting ones included; those without are absent."""
    rows = db.fetch_all("conversation_turns", ids=list(conversations))
    return {row["conversation_id"]: int(row["turns"]) for row in rows}


def refuse_unanswerable(db: Statements, now: datetime) -> int:
    """Close every open opportunity by an author who is not answered any more."""
    return db.execute("opportunities_refusable", now=now)
