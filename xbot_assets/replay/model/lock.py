"""The old one-at-a-time browser lock: the best level first, then first come first served. No ageing."""

import heapq

from xbot_assets.replay.model.course import Run


class Lock:
    """At most one holder."""

    def __init__(self) -> None:
        self.holder: Run | None = None
        self._queue: list[tuple[int, int, Run]] = []
        self._asked = 0

    def take(self, run: Run) -> bool:
        """Take the lock when it is free; queue for it otherwise."""
        if self.holder is None:
            self.holder = run
            return True
        self._asked += 1
        heapq.heappush(self._queue, (run.job.legacy.lock_level, self._asked, run))
        return False

    def give_up(self, run: Run) -> Run | None:
        """Let go of the lock if ``run`` still holds it, and return who holds it now, if that changed."""
        if self.holder is not run:
            return None
        self.holder = heapq.heappop(self._queue)[2] if self._queue else None
        return self.holder
