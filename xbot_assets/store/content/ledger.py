"""The ledger of language-model calls: what each was for, what it used and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xbot_assets.domain.budget.calls import LlmCall
from xbot_assets.domain.budget.llm_failures import CallGroup
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.masking import mask
from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One call as the ledger has it; see :class:`LlmCall`."""

    id: int
    purpose: str
    model: str
    model_version: str | None
    prompt_version: str
    outcome: str
    failure_code: str | None
    failure_reason: str | None
    prompt_tokens: int
    completion_tokens: int
    cost_microusd: int
    latency_ms: int
    called_at: datetime
    seed: int | None
    budget_day: date | None
    reservation_id: int | None
    job: str | None
    beside: list[str]


@dataclass(frozen=True, slots=True)
class FailureCodeCount:
    """How many calls failed with a code. ``made`` counts those that were made; the others were refused before."""

    code: str | None
    kind: str
    calls: int
    made: int
    cost_microusd: int
    newest_at: datetime
    newest_reason: str | None


def record_llm_call(db: Statements, call: LlmCall | Mapping[str, Any]) -> int:
    """Store one call and return its id. Anything with the fields of :class:`LlmCall` will do."""
    values = LlmCall.model_validate(call).model_dump()
    if values["failure_reason"] is not None:
        values["failure_reason"] = mask(values["failure_reason"])
    row = db.fetch_one("record_llm_call", **values)
    if row is None:
        raise PermanentFailure("The ledger did not store the call.", code=FailureCode.STORE_ERROR)
    return int(row["id"])


def spent_microusd(db: Statements, since: datetime) -> int:
    """Return what was spent since then, in millionths of a US dollar."""
    row = db.fetch_one("spent_microusd", since=since)
    return int(row["spent"]) if row else 0


def recent_calls(db: Statements, limit: int) -> list[LedgerEntry]:
    """Return the newest calls, newest first."""
    return db.fetch_rows(LedgerEntry, "recent_calls", limit=limit)


def call_groups(db: Statements, since: datetime) -> list[CallGroup]:
    """Return the calls since then as groups of like ones, oldest first."""
    return db.fetch_rows(CallGroup, "call_groups", since=since)


def failures_by_code(db: Statements, since: datetime) -> list[FailureCodeCount]:
    """Count the failed calls since then by code, most frequent first."""
    return db.fetch_rows(FailureCodeCount, "failures_by_code", since=since)
