"""A call of the language model as the books see it: asked for, reserved, then what became of it.

Amounts are millionths of a US dollar.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from xbot_assets.domain.failure_codes import FailureCode

Outcome = Literal["ok", "permanent", "budget", "transient", "unknown"]

DAILY_BUDGET = FailureCode.DAILY_BUDGET
"""The code of a call that does not fit in what is left of the day's budget."""
BUDGET_RESERVED = FailureCode.BUDGET_RESERVED
"""The code of a call that fits only after calls under way are settled."""


@dataclass(frozen=True, slots=True)
class ConcurrentRuns:
    """What ran when a product was opened: the job of its own run, and the jobs of the other runs in progress.

    ``job`` is ``None`` outside a run, and when what ran could not be learned.
    """

    job: str | None = None
    others: tuple[str, ...] = ()


NOT_NOTED = ConcurrentRuns()


class CallAsk(BaseModel):
    """A call that somebody wants to make, with the most it can be billed."""

    model_config = ConfigDict(frozen=True)

    purpose: str
    model: str
    prompt_version: str
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    worst_case_microusd: int = Field(ge=0)
    seed: int | None = None
    called_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money put aside for one call, in the budget day in which it was asked for.

    ``is_probe``: the API is held back for everybody else, and this call finds out whether it works again.
    """

    id: int
    day: date
    worst_case_microusd: int
    is_probe: bool = False


class LlmCall(BaseModel):
    """One call, or one that was refused before it was made. Field names are the columns of ``llm_calls``.

    Tokens are what the API says it billed. When it may have billed without saying (a time-out, a broken
    connection), they are the worst case, so that the day's wall cannot be passed unseen. ``model_version`` is the
    dated name under which the model answered. ``reservation_id`` is there exactly when a call was made. ``job`` and
    ``beside`` are the job and the others of :class:`ConcurrentRuns`.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    purpose: str
    model: str
    prompt_version: str
    outcome: Outcome
    failure_code: str | None = None
    failure_reason: str | None = None
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)
    cost_microusd: int = Field(0, ge=0)
    latency_ms: int = Field(0, ge=0)
    called_at: AwareDatetime
    seed: int | None = None
    model_version: str | None = None
    budget_day: date | None = None
    reservation_id: int | None = None
    job: str | None = None
    beside: list[str] = Field(default_factory=list)
