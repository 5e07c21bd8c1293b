"""Which of the server's faults strike a request: the active ones, by their precedence, probability and count.

Their names and values are in the sandbox's one registry (``sandbox/state/faults.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

ONE_OF_THESE = (
    "llm_insufficient_quota",
    "llm_status",
    "llm_unknown_model",
    "llm_cut",
    "llm_refusal",
    "llm_garbage",
    "llm_wrong_shape",
    "llm_wrong_language",
    "llm_over_long",
    "llm_duplicate",
)
"""At most one of these strikes a request: the first in this order. The others are not even drawn for it."""
OTHERS = ("llm_retry_after", "llm_delay_seconds", "llm_gullible", "llm_dialect", "llm_thinking_tokens")
"""These strike beside any other."""
_SEED = 20_260_101
"""Any fixed number: the same requests in the same order meet the same faults in each new process."""


class FaultSource(Protocol):
    """Whatever holds the active faults."""

    def get(self, name: str) -> object | None:
        """Return the value of an active fault, or None when it is off."""
        ...


@dataclass(frozen=True, slots=True)
class ActiveFaults:
    """What happens to one request, decided once, so that a switch cannot change in the middle of an answer.

    ``fault`` is the name of the one that strikes and ``value`` what it was set to; empty when none does.
    """

    fault: str = ""
    value: object = None
    retry_after: float | None = None
    delay_seconds: float = 0.0
    gullible: object = None
    dialect: str = ""
    thinking: int = 0

    def is_struck(self, name: str) -> bool:
        """Say whether this fault strikes the request."""
        return self.fault == name


class FaultDice:
    """Draws the faults of each request and counts those that are limited; the counts live as long as the process."""

    def __init__(self, source: FaultSource) -> None:
        self._source = source
        self._random = Random(_SEED)  # noqa: S311 - for variety, not for secrets
        self._struck: dict[str, tuple[object, int]] = {}

    def draw(self) -> ActiveFaults:
        """Decide what happens to the next request."""
        names = dict.fromkeys(("llm_status", *OTHERS, *ONE_OF_THESE))
        settings = {name: self._source.get(name) for name in names}
        fault, value = self._first(settings)
        return ActiveFaults(
            fault=fault,
            value=value,
            retry_after=_number(self._strike("llm_retry_after", settings)),
            delay_seconds=_number(self._strike("llm_delay_seconds", settings)) or 0.0,
            gullible=self._strike("llm_gullible", settings),
            dialect=str(self._strike("llm_dialect", settings) or ""),
            thinking=round(_number(self._strike("llm_thinking_tokens", settings)) or 0),
        )

    def _first(self, settings: Mapping[str, object]) -> tuple[str, object]:
        for name in ONE_OF_THESE:
            if value := self._strike(name, settings):
                return name, value
        return "", None

    def _strike(self, name: str, settings: Mapping[str, object]) -> object:
        """Return the value with which a fault strikes now; None when it is off or spares this request."""
        setting = settings[name]
        if not isinstance(setting, Mapping):
            return setting if _is_on(setting) else None
        used = self._used(name, setting)
        spared = self._random.random() >= float(setting.get("probability", 1))
        if spared or used >= int(setting.get("count", used + 1)) or not _is_on(setting["value"]):
            return None
        self._struck[name] = (setting, used + 1)
        return setting["value"]

    def _used(self, name: str, setting: object) -> int:
        """Return how often this very setting struck; one that was put again begins anew."""
        known, used = self._struck.get(name, (None, 0))
        return used if known is setting else 0


def _is_on(value: object) -> bool:
    return bool(value) and value not in {"0", "False"}


def _number(value: object | None) -> float | None:
    """Read a number as JSON or a form may spell it; anything else counts as off."""
    if isinstance(value, str):
        return float(value) if value.replace(".", "", 1).isdigit() else None
    return float(value) if isinstance(value, int | float) else None
