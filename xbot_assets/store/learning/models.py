"""Versions of the learned models, and which of each kind is the champion."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.store.engine.database import Database, Row, Statements

ModelKind = Literal["bandit", "predictor"]


class ModelVersion(BaseModel):
    """One trained model. ``trained_at`` is on the product's clock; versions count from 1 within a kind."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    id: int
    kind: ModelKind
    version: int
    parameters: dict[str, Any]
    evaluation: dict[str, Any]
    outcomes_used: int
    trained_at: datetime


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
        row = transaction.fetch_one(
            "insert_model_version",
            kind=kind,
            parameters=dict(parameters),
            evaluation=dict(evaluation),
            outcomes_used=outcomes_used,
            now=now,
        )
    return ModelVersion(**_present(row))


def champion(db: Statements, kind: ModelKind) -> ModelVersion | None:
    """Return the champion of a kind, or ``None`` before the first promotion."""
    row = db.fetch_one("champion", kind=kind)
    return ModelVersion(**row) if row else None


def champion_seat(db: Statements, kind: ModelKind) -> tuple[int, datetime] | None:
    """Return the id of a kind's champion and when it was trained, or ``None`` before the first promotion."""
    row = db.fetch_one("champion_seat", kind=kind)
    return (row["id"], row["trained_at"]) if row else None


def promote(db: Statements, version: ModelVersion, reason: str, now: datetime) -> None:
    """Make a version the champion of its kind and note why, in one statement. Also how to roll back."""
    _present(db.fetch_one("promote", id=version.id, kind=version.kind, reason=reason, now=now))


def model_versions(db: Statements, kind: ModelKind, limit: int) -> list[ModelVersion]:
    """Return the newest versions of a kind, newest first."""
    return [ModelVersion(**row) for row in db.fetch_all("model_versions", kind=kind, limit=limit)]


def champion_events(db: Statements, limit: int) -> list[Row]:
    """Return the latest promotions: ``kind, version, promoted_at, reason``, newest first."""
    return db.fetch_all("champion_events", limit=limit)


def _present(row: Row | None) -> Row:
    if row is None:
        raise PermanentFailure("The model version is not in the database.", code=FailureCode.NO_MODEL_VERSION)
    return row
