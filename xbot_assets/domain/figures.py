"""Figures for machines: their names as Prometheus wants them, what each means, and the values of one moment.

Units are in the names: seconds, bytes, US dollars.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Literal


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    kind: Literal["gauge", "counter"]
    about: str
    labels: tuple[str, ...] = ()


class Figure(Enum):
    """Every figure there is. A counter's name ends in ``_total``; it may begin anew at any time."""

    COMPONENT_READY = _Kind("xbot_component_ready", "gauge", "Whether a component answers well.", ("component",))
    READY = _Kind("xbot_ready", "gauge", "Whether everything that is required answers well.")
    POSTS = _Kind("xbot_posts", "gauge", "Posts in each state.", ("status",))
    PUBLISHING_HELD = _Kind("xbot_publishing_held", "gauge", "Whether all publishing is on hold.")
    RATE = _Kind("xbot_rate_per_hour", "gauge", "The learned rate of publishing, in an hour.", ("kind",))
    BREAKER = _Kind("xbot_breaker_state", "gauge", "1 for the state that a breaker is in.", ("breaker", "state"))
    LANE_WAIT = _Kind(
        "xbot_lane_wait_seconds",
        "gauge",
        "From being asked for to being started, over the last half hour of real time.",
        ("lane", "quantile"),
    )
    LANE_BUSY = _Kind("xbot_lane_busy_seconds", "gauge", "Time in a slot, over the same half hour.", ("lane",))
    LANE_OPERATIONS = _Kind("xbot_lane_operations", "gauge", "Operations that began in that half hour.", ("lane",))
    LANE_WAITING = _Kind("xbot_lane_waiting_runs", "gauge", "Runs that wait for the browser.", ("lane",))
    LANE_OLDEST = _Kind("xbot_lane_oldest_wait_seconds", "gauge", "How long the oldest of them waits.", ("lane",))
    BUDGET = _Kind("xbot_budget_usd", "gauge", "The owner's day: limit, spent and reserved.", ("part",))
    BUDGET_TIER = _Kind("xbot_budget_tier", "gauge", "1 for the tier that planning follows.", ("tier",))
    STATEMENT_CALLS = _Kind("xbot_statement_calls_total", "counter", "Calls of a statement today.", ("statement",))
    STATEMENT_SECONDS = _Kind("xbot_statement_seconds_total", "counter", "Time that they took.", ("statement",))
    STATEMENT_SLOW = _Kind("xbot_statement_slow_calls_total", "counter", "Those that were slow.", ("statement",))
    SESSIONS = _Kind("xbot_database_sessions", "gauge", "Connections to the database.", ("state",))
    TABLE_BYTES = _Kind("xbot_table_bytes", "gauge", "A table with its indexes: the largest ones.", ("table",))
    ALERTS = _Kind("xbot_alerts_open", "gauge", "Open alerts.", ("severity",))
    NOTICES = _Kind("xbot_alert_notices_waiting", "gauge", "Notices that wait for a channel.")
    BACKUP_AGE = _Kind("xbot_backup_age_seconds", "gauge", "Real time since the last backup; absent before the first.")
    CLOCK_RATE = _Kind("xbot_product_clock_rate", "gauge", "Product seconds in a real one.")

    @property
    def metric(self) -> str:
        """Its name."""
        return self.value.name

    @property
    def kind(self) -> Literal["gauge", "counter"]:
        """How it behaves."""
        return self.value.kind

    @property
    def about(self) -> str:
        """What it means."""
        return self.value.about

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels."""
        return self.value.labels


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a figure; ``labels`` are values in the order of the figure's names."""

    figure: Figure
    value: float
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a sample whose labels are not the figure's."""
        if len(self.labels) != len(self.figure.labels):
            raise ValueError(f"{self.figure.metric} has the labels {self.figure.labels}, not {self.labels}.")


def document_of(samples: Iterable[Sample]) -> list[dict[str, object]]:
    """Return samples as plain data, for JSON."""
    return [
        {
            "name": sample.figure.metric,
            "labels": dict(zip(sample.figure.labels, sample.labels, strict=True)),
            "value": sample.value,
        }
        for sample in samples
    ]
