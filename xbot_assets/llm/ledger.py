"""What is written down about every call, and where it goes. Keep out: SQL (``store/ledger.py`` stores it)."""

from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class LlmCall(BaseModel):
    """One call, or one refused by the budget before it was made. Field names are the table's columns.

    Tokens are what the API says it billed. When it may have billed without saying (a time-out, a broken
    connection), they are the worst case, so that the day's wall cannot be passed unseen.
    """

    model_config = ConfigDict(frozen=True)

    purpose: str
    model: str
    prompt_version: str
    outcome: Literal["ok", "permanent", "budget", "transient", "unknown"]
    failure_code: str | None = None
    failure_reason: str | None = None
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)
    cost_microusd: int = Field(0, ge=0)
    latency_ms: int = Field(0, ge=0)
    called_at: AwareDatetime


class LedgerSink(Protocol):
    """Whatever keeps the calls."""

    def record(self, call: LlmCall) -> int:
        """Keep one call and return its id."""
        ...
