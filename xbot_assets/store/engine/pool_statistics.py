"""What a pool of connections says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """The state of the pool now, and totals since it was opened (real milliseconds)."""

    size: int
    size_max: int
    in_use: int
    waiting: int
    requests: int
    requests_waited: int
    wait_ms: int
    errors: int
    connections_lost: int
