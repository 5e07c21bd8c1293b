"""The breaker around Chromium: how long to wait before it is started again, and when the host says it is degraded.

One task starts Chromium (``pool.py``), so there is never more than one probe.
"""

from dataclasses import dataclass

BACKOFF_FIRST_SECONDS = 0.5
BACKOFF_LONGEST_SECONDS = 30.0
"""The first failure is answered by a start at once, the second waits this long, each further one twice as long."""
WINDOW_SECONDS = 120.0
"""Failures count as one run while no more than this lies between two of them. It must exceed the longest wait and
the longest start together, else waiting alone would close the breaker."""


@dataclass(slots=True)
class StartBreaker:
    """Counts crashes and failed starts that follow each other within :data:`WINDOW_SECONDS`.

    Attributes:
        limit: so many in a run open it.
        count: failures of the present run.
        reason: what the last one was.
    """

    limit: int
    count: int = 0
    reason: str = ""
    _last: float = 0.0

    def failed(self, reason: str, now: float) -> None:
        """Note a crash or a failed start."""
        self.count = 1 if now - self._last > WINDOW_SECONDS else self.count + 1
        self.reason, self._last = reason, now

    @property
    def open(self) -> bool:
        """Whether the run of failures has reached the limit."""
        return self.count >= self.limit

    @property
    def wait_seconds(self) -> float:
        """Return how long after the last failure the next start may come."""
        if self.count <= 1:
            return 0.0
        return min(BACKOFF_FIRST_SECONDS * 2.0 ** (self.count - 2), BACKOFF_LONGEST_SECONDS)

    def state(self, now: float, *, running: bool) -> str:
        """Name the state: ``closed``, ``open`` (no Chromium), or ``half_open`` (one runs and must yet prove itself)."""
        if not self.open or (running and now - self._last > WINDOW_SECONDS):
            return "closed"
        return "half_open" if running else "open"
