"""The ledger of language-model calls: what each was for, what it used and what it cost.

Keep out: prices (``llm``) and deciding what may be spent.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.store.database import Row, Statements


class LedgerEntry(BaseModel):
    """One call, as the table ``llm_calls`` holds it. Costs are millionths of a US dollar."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    purpose: str
    model: str
    prompt_version: str
    outcome: str
    failure_code: str | None = None
    failure_reason: str | None = None
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)
    cost_microusd: int = Field(0, ge=0)
    latency_ms: int = Field(ge=0)
    called_at: AwareDatetime


def record_llm_call(db: Statements, call: LedgerEntry | Mapping[str, Any] | BaseModel) -> int:
    """Store one call and return its id. Anything with the fields of :class:`LedgerEntry` will do."""
    entry = LedgerEntry.model_validate(call)
    row = db.fetch_one("record_llm_call", **entry.model_dump())
    if row is None:
        raise PermanentFailure("The ledger did not store the call.", code="store_error")
    return int(row["id"])


def spent_microusd(db: Statements, since: datetime) -> int:
    """Return what was spent since then, in millionths of a US dollar."""
    row = db.fetch_one("spent_microusd", since=since)
    return int(row["spent"]) if row else 0


def recent_calls(db: Statements, limit: int) -> list[Row]:
    """Return the newest calls, newest first."""
    return db.fetch_all("recent_calls", limit=limit)
