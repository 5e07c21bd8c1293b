"""The ledger of language-model calls: what each was for, what it used and what it cost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xbot_assets.domain.budget.calls import LlmCall
from xbot_assets.domain.budget.llm_failures import CallGroup
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.store.engine.database import Row, Statements


def record_llm_call(db: Statements, call: LlmCall | Mapping[str, Any]) -> int:
    """Store one call and return its id. Anything with the fields of :class:`LlmCall` will do."""
    row = db.fetch_one("record_llm_call", **LlmCall.model_validate(call).model_dump())
    if row is None:
        raise PermanentFailure("The ledger did not store the call.", code=FailureCode.STORE_ERROR)
    return int(row["id"])


def spent_microusd(db: Statements, since: datetime) -> int:
    """Return what was spent since then, in millionths of a US dollar."""
    row = db.fetch_one("spent_microusd", since=since)
    return int(row["spent"]) if row else 0


def recent_calls(db: Statements, limit: int) -> list[Row]:
    """Return the newest calls, newest first."""
    return db.fetch_all("recent_calls", limit=limit)


def call_groups(db: Statements, since: datetime) -> list[CallGroup]:
    """Return the calls since then as groups of like ones, oldest first."""
    rows = db.fetch_all("call_groups", since=since)
    return [CallGroup(**{**row, "beside": tuple(row["beside"])}) for row in rows]


def failures_by_code(db: Statements, since: datetime) -> list[Row]:
    """Return ``code, kind, calls, made, cost_microusd, newest_at, newest_reason``, most frequent first.

    ``made`` counts the calls that were made; the others were refused before.
    """
    return db.fetch_all("failures_by_code", since=since)
