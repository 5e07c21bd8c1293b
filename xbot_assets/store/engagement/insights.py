"""What a model concluded from signals: every answer with its sentences, used or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.engagement.insights import InsightKind, InsightSentence
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows


@dataclass(frozen=True, slots=True)
class NewInsight:
    """An attempt to conclude something: what the model was shown and said; ``why_none`` when nothing of it is used."""

    kind: InsightKind
    sentences: Sequence[InsightSentence]
    model: str
    shown: int
    why_none: str
    cost_microusd: int


@dataclass(frozen=True, slots=True)
class Insight:
    """One attempt; without a kept sentence it is none, ``why_none`` says why, and the one before stands."""

    id: int
    kind: str
    made_at: datetime
    model: str
    signals_shown: int
    kept: int
    why_none: str


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """One sentence of an answer, and why it is not used; ``None``: it is."""

    position: int
    text: str
    x_post_ids: list[str]
    dropped: str | None


@dataclass(frozen=True, slots=True)
class _Made:
    id: int


@dataclass(frozen=True, slots=True)
class _Problems:
    uncited: int


def store_insight(db: Statements, attempt: NewInsight, now: datetime) -> int:
    """Store an attempt with every sentence of its answer; return its number."""
    rows = as_rows(
        {"text": one.text, "x_post_ids": list(one.x_post_ids), "dropped": one.dropped} for one in attempt.sentences
    )
    made = db.fetch_row(
        _Made,
        "store_insight",
        kind=attempt.kind.value,
        now=now,
        model=attempt.model,
        shown=attempt.shown,
        kept=sum(one.dropped is None for one in attempt.sentences),
        why=attempt.why_none,
        cost=attempt.cost_microusd,
        rows=rows,
    )
    if made is None:
        raise RuntimeError("an insert that returns its row returned none")
    return made.id


def current_insight(db: Statements, kind: InsightKind) -> Insight | None:
    """Return the newest answer with a sentence that may be used."""
    return db.fetch_row(Insight, "current_insight", kind=kind.value)


def last_insight(db: Statements, kind: InsightKind) -> Insight | None:
    """Return the newest attempt, whatever came of it."""
    return db.fetch_row(Insight, "last_insight", kind=kind.value)


def sentences_of(db: Statements, insight: Insight) -> list[StoredSentence]:
    """Return the sentences of an answer in order."""
    return db.fetch_rows(StoredSentence, "insight_sentences", id=insight.id)


def uncited_sentences(db: Statements, insights: Sequence[Insight]) -> int:
    """Count sentences in use of these answers that rest on nothing, or on a post that is not stored."""
    row = db.fetch_row(_Problems, "insight_problems", ids=[one.id for one in insights])
    return row.uncited if row else 0
