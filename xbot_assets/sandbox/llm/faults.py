"""The switches that make this server misbehave, and how their values are read.

The values come from the sandbox's control endpoint; here they are only looked up. Keep out: what a fault's
answer looks like (``errors.py``, ``completion.py``).
"""

from dataclasses import dataclass
from typing import Protocol

LLM_FAULTS: dict[str, str] = {
    "llm_status": "Answer every completion with this HTTP status and OpenAI's body for it.",
    "llm_retry_after": "Seconds put in the Retry-After headers of a refused request (with llm_status 429 or 503).",
    "llm_insufficient_quota": "Answer 429 with type and code insufficient_quota.",
    "llm_garbage": "true: the message is no JSON. 'body': the whole HTTP body is cut in the middle.",
    "llm_wrong_shape": "The message is JSON, but not of the schema asked for.",
    "llm_delay_seconds": "Wait this long before answering.",
    "llm_refusal": "Refuse politely: message.refusal instead of content.",
}
"""Every fault of this server by name, with what it does; the control endpoint refuses other names."""


class FaultSource(Protocol):
    """Whatever holds the active faults."""

    def get(self, name: str) -> object | None:
        """Return the value of an active fault, or None when it is off."""
        ...


@dataclass(frozen=True, slots=True)
class ActiveFaults:
    """The faults of one request, read once, so that a switch cannot change in the middle of an answer."""

    status: int | None
    retry_after: float | None
    no_quota: bool
    garbage: object
    wrong_shape: bool
    delay_seconds: float
    refusal: bool


def active_faults(source: FaultSource) -> ActiveFaults:
    """Read the switches; false, zero and absent all mean off."""
    status = _number(source.get("llm_status"))
    return ActiveFaults(
        status=int(status) if status else None,
        retry_after=_number(source.get("llm_retry_after")),
        no_quota=bool(source.get("llm_insufficient_quota")),
        garbage=source.get("llm_garbage"),
        wrong_shape=bool(source.get("llm_wrong_shape")),
        delay_seconds=_number(source.get("llm_delay_seconds")) or 0.0,
        refusal=bool(source.get("llm_refusal")),
    )


def _number(value: object | None) -> float | None:
    """Read a number as JSON or a form may spell it; anything else counts as off."""
    if isinstance(value, str):
        return float(value) if value.replace(".", "", 1).isdigit() else None
    return float(value) if isinstance(value, int | float) else None
