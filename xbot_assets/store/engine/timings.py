"""How long each named statement took in this process, until it is added to ``statement_timings``.

Durations are real milliseconds.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

_LOG = logging.getLogger(__name__)
_MS_PER_SECOND = 1000.0


@dataclass(slots=True)
class Timing:
    """What one statement cost so far."""

    calls: int = 0
    total_ms: float = 0.0
    max_ms: float = 0.0
    slow_calls: int = 0


class StatementTimings:
    """Counts calls and durations by statement name; safe to use from several threads."""

    def __init__(self, slow_seconds: float) -> None:
        self._slow_ms = slow_seconds * _MS_PER_SECOND
        self._by_name: dict[str, Timing] = {}
        self._lock = Lock()

    def record(self, name: str, seconds: float) -> None:
        """Add one call; a slow one is logged with the statement's name."""
        took_ms = seconds * _MS_PER_SECOND
        slow = took_ms > self._slow_ms
        with self._lock:
            self._add(name, Timing(1, took_ms, took_ms, int(slow)))
        if slow:
            _LOG.warning("slow statement %s: %.0f ms (limit %.0f ms)", name, took_ms, self._slow_ms)

    def snapshot(self) -> dict[str, Timing]:
        """Return a copy of what has been counted since the last :meth:`drain`."""
        with self._lock:
            return {name: Timing(t.calls, t.total_ms, t.max_ms, t.slow_calls) for name, t in self._by_name.items()}

    def drain(self) -> dict[str, Timing]:
        """Return what has been counted and start again from nothing."""
        with self._lock:
            drained, self._by_name = self._by_name, {}
        return drained

    def put_back(self, drained: dict[str, Timing]) -> None:
        """Undo a :meth:`drain` whose result could not be stored."""
        with self._lock:
            for name, timing in drained.items():
                self._add(name, timing)

    def _add(self, name: str, more: Timing) -> None:
        timing = self._by_name.setdefault(name, Timing())
        timing.calls += more.calls
        timing.total_ms += more.total_ms
        timing.max_ms = max(timing.max_ms, more.max_ms)
        timing.slow_calls += more.slow_calls


def timing_rows(timings: Mapping[str, Timing]) -> Iterator[dict[str, Any]]:
    """Yield timings as rows to be added to the day's."""
    for name, timing in timings.items():
        yield {
            "name": name,
            "calls": timing.calls,
            "total_ms": timing.total_ms,
            "max_ms": timing.max_ms,
            "slow_calls": timing.slow_calls,
        }
