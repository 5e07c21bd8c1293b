"""Versions of the learned models, and which of each kind is the champion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.store.engine.database import Database, Statements

ModelKind = Literal["bandit", "predictor"]
ChampionVerdict = Literal["first", "refreshed", "promoted", "rolled_back", "stays", "cannot_tell", "dropped", "held"]
"""What was decided: the first four seat a version, the others leave the champion; the schema holds the same words."""
Present = TypeVar("Present")


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One trained model. ``trained_at`` is on the product's clock; versions count from 1 within a kind."""

    id: int
    kind: ModelKind
    version: int
    parameters: dict[str, Any]
    evaluation: dict[str, Any]
    outcomes_used: int
    trained_at: datetime


@dataclass(frozen=True, slots=True)
class ChampionSeat:
    """Which version is a kind's champion, without its parameters."""

    id: int
    trained_at: datetime


@dataclass(frozen=True, slots=True)
class ChampionEvent:
    """One decision: who is champion since, why, and the numbers that it rests on."""

    kind: ModelKind
    version: int
    version_id: int
    promoted_at: datetime
    reason: str
    verdict: ChampionVerdict
    evidence: dict[str, Any]


def insert_model_version(
    db: Database,
    kind: ModelKind,
    parameters: Mapping[str, Any],
    evaluation: Mapping[str, Any],
    outcomes_used: int,
    now: datetime,
) -> ModelVersion:
    """Store a model under the next number of its kind; safe when two processes do so at once."""
    with db.transaction() as transaction:
        transaction.execute("lock_model_versions", kind=kind)
        version = transaction.fetch_row(
            ModelVersion,
            "insert_model_version",
            kind=kind,
            parameters=dict(parameters),
            evaluation=dict(evaluation),
            outcomes_used=outcomes_used,
            now=now,
        )
    return _present(version)


def champion(db: Statements, kind: ModelKind) -> ModelVersion | None:
    """Return the champion of a kind, or ``None`` before the first promotion."""
    return db.fetch_row(ModelVersion, "champion", kind=kind)


def champion_seat(db: Statements, kind: ModelKind) -> ChampionSeat | None:
    """Return which version is the champion of a kind, or ``None`` before the first promotion."""
    return db.fetch_row(ChampionSeat, "champion_seat", kind=kind)


def promote(
    db: Statements,
    version: ModelVersion,
    reason: str,
    now: datetime,
    *,
    verdict: ChampionVerdict = "promoted",
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """Make a version the champion of its kind and note why, in one statement. Also how to roll back."""
    facts = {"reason": reason, "verdict": verdict, "evidence": dict(evidence or {}), "now": now}
    _present(db.fetch_one("promote", id=version.id, kind=version.kind, **facts))


def model_versions(db: Statements, kind: ModelKind, limit: int) -> list[ModelVersion]:
    """Return the newest versions of a kind, newest first."""
    return db.fetch_rows(ModelVersion, "model_versions", kind=kind, limit=limit)


def champion_events(db: Statements, limit: int) -> list[ChampionEvent]:
    """Return the latest decisions, newest first."""
    return db.fetch_rows(ChampionEvent, "champion_events", limit=limit)


def _present(row: Present | None) -> Present:
    if row is None:
        raise PermanentFailure("The model version is not in the database.", code=FailureCode.NO_MODEL_VERSION)
    return row
