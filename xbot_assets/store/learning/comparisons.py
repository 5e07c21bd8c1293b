"""What champions and challengers are compared on: posts with outcomes, the versions of a time, and who is in test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xbot_assets.store.engine.database import Statements, Transaction
from xbot_assets.store.learning.models import ChampionVerdict, ModelKind, ModelVersion
from xbot_assets.store.outcome_pages import pages_since


@dataclass(frozen=True, slots=True)
class ComparedPost:
    """A post with an outcome, and what its arm was chosen by.

    ``arm_chances`` holds the chances of all arms that were open, by topic and format; ``None`` when not recorded.
    ``tested_version_id`` is the version in test that had a share in them; ``None`` when the champion chose alone.
    """

    post_id: int
    topic: str
    format: str
    features: dict[str, float]
    source: str
    propensity: float | None
    arm_chances: dict[str, dict[str, float]] | None
    bandit_version_id: int | None
    tested_version_id: int | None
    planned_at: datetime
    published_at: datetime
    removed: bool
    reward: float


@dataclass(frozen=True, slots=True)
class TextChoice:
    """A post whose text was one of ``candidates``, the chance that it was taken with, and what it earned if known."""

    post_id: int
    candidates: int
    chance: float
    reward: float | None

    @property
    def was_predicted_best(self) -> bool:
        """Whether it was the candidate that the predictor took: the others share what is explored evenly."""
        return self.chance > 1 / self.candidates + 1e-9


@dataclass(frozen=True, slots=True)
class VersionAt:
    """The bandit version that was a rule's newest at a time."""

    at: datetime
    id: int
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Challenger:
    """The version in test, since when posts are compared, and its share in the choice of what is posted."""

    id: int
    kind: ModelKind
    version: int
    parameters: dict[str, Any]
    evaluation: dict[str, Any]
    outcomes_used: int
    trained_at: datetime
    since: datetime
    share: float

    @property
    def model(self) -> ModelVersion:
        """The version itself."""
        facts = (self.id, self.kind, self.version, self.parameters, self.evaluation)
        return ModelVersion(*facts, self.outcomes_used, self.trained_at)


@dataclass(frozen=True, slots=True)
class LastFlip:
    """When a champion was last changed for another; ``None`` when it never was."""

    at: datetime | None


def compared_posts(db: Statements, since: datetime) -> list[ComparedPost]:
    """Return the posts planned after ``since`` that have an outcome, in the order in which it became known."""
    return [
        row
        for page in pages_since(db, since)
        for row in db.fetch_rows(ComparedPost, "compared_posts", since=since, first=page.first, last=page.last)
    ]


def text_choices(db: Statements, limit: int) -> list[TextChoice]:
    """Return the newest posts whose text was taken from several, newest first."""
    return db.fetch_rows(TextChoice, "text_choices", limit=limit)


def bandit_versions_at(db: Statements, rule: str, times: Sequence[datetime]) -> dict[datetime, VersionAt]:
    """Return a rule's newest version at each time; times before its first are missing."""
    rows = db.fetch_rows(VersionAt, "bandit_versions_at", rule=rule, times=list(times))
    return {row.at: row for row in rows}


def newest_of_rule(db: Statements, rule: str) -> ModelVersion | None:
    """Return the newest bandit version of a rule."""
    return db.fetch_row(ModelVersion, "newest_of_rule", rule=rule)


def challenger(db: Statements, kind: ModelKind) -> Challenger | None:
    """Return the version that is in test against a kind's champion."""
    return db.fetch_row(Challenger, "challenger", kind=kind)


def set_challenger(db: Statements, version: ModelVersion, now: datetime, *, share: float = 0.0) -> None:
    """Begin to compare a version with its kind's champion, on posts planned from now on.

    ``share`` of the chances that those posts are chosen with are the challenger's, at most a half.
    """
    db.execute("set_challenger", kind=version.kind, id=version.id, now=now, share=share)


def lock_champions(transaction: Transaction, kind: ModelKind) -> None:
    """Let nobody else decide about a kind before this transaction ends."""
    transaction.execute("lock_champions", kind=kind)


def last_flip(db: Statements, kind: ModelKind) -> datetime | None:
    """Return when a champion of a kind was last promoted or rolled back."""
    row = db.fetch_row(LastFlip, "last_flip", kind=kind)
    return row.at if row else None


def has_been_champion(db: Statements, version: ModelVersion) -> bool:
    """Say whether a version was ever seated."""
    return db.fetch_one("has_been_champion", id=version.id) is not None


def note_champion_event(
    db: Statements,
    kind: ModelKind,
    verdict: ChampionVerdict,
    reason: str,
    evidence: Mapping[str, Any],
    now: datetime,
) -> None:
    """Note a decision that leaves the champion of a kind; the same one again is not noted."""
    db.execute("note_champion_event", kind=kind, verdict=verdict, reason=reason, evidence=dict(evidence), now=now)
