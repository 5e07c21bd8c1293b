"""What the breaker's two questions are answered with."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PUBLISHING = "publishing"
"""The name of the breaker that stands before every attempt to publish."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a breaker opens and closes. Every time is real time.

    Attributes:
        failures: so many in a row open it.
        reset: how long it stays open before one probe is let through.
        successes: so many probes in a row close it.
        probe: how long a prober holds the probe; then it is given to the next.
        stuck: open for longer than this is told again.
    """

    failures: int
    reset: timedelta
    successes: int
    probe: timedelta
    stuck: timedelta


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to try once, to be reported with its outcome; a probe that is not reported blocks until its lease ends.

    Attributes:
        name: the breaker.
        holder: who tries; kept for people to read.
        fencing_token: what it is worth; a later transition or probe makes it worthless.
        is_probe: whether this is the one probe of a half-open breaker.
    """

    name: str
    holder: str
    fencing_token: int
    is_probe: bool


class AttemptOutcome(StrEnum):
    """How an attempt ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNUSED = "unused"
    """It was not tried, or what happened says nothing about the other side."""
