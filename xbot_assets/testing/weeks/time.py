"""The moved clock of a simulated week: from one moment at which something is due to the next, then at real speed.

Leases and the breaker run on the database server's clock; a jump takes their stored times along.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from xbot_assets.defs.publishing.automation import LOOK_EVERY_SECONDS
from xbot_assets.domain.clock import system_now
from xbot_assets.steps.operations.clock_control import advance
from xbot_assets.steps.product import Product
from xbot_assets.store.publishing.admission import judge_due
from xbot_assets.store.publishing.breaker import breaker_state

LOOK_EVERY = timedelta(seconds=LOOK_EVERY_SECONDS)
"""The sensor's own interval."""
LONGEST_JUMP = timedelta(minutes=15)
"""While a post is due or unconfirmed: whatever the moments below leave out is noticed within this."""
_SHIFT = (
    """update xbot.breakers set stopped_at = stopped_at - %(by)s, retry_at = retry_at - %(by)s,
        probe_until = probe_until - %(by)s""",
    "update xbot.posts set lease_until = lease_until - %(by)s where lease_until is not null",
)
_LOOKS = """
select min(scheduled_at) filter (where status = 'queued' and scheduled_at > %(now)s) as next,
    exists (select from xbot.due_posts(%(now)s)) as due,
    bool_or(status = 'unconfirmed') as unconfirmed,
    max(looked_at) filter (where status = 'unconfirmed') as looked
from xbot.posts
"""


@dataclass(slots=True)
class WeekClock:
    """The product's and the sandbox's time, on the sensor's grid from ``phase`` on."""

    product: Product
    url: str
    phase: datetime

    @property
    def now(self) -> datetime:
        """The product's time."""
        return self.product.clock.now()

    def jump_to(self, at: datetime) -> None:
        """Move to a time; one that has passed is left alone."""
        by = at - self.now
        if by <= timedelta(0):
            return
        advance(self.product.settings, self.product.database, by)
        self.product.clock.refresh()
        with psycopg.connect(self.url) as connection:
            for statement in _SHIFT:
                connection.execute(statement, {"by": by})

    def next_tick(self, at: datetime) -> datetime:
        """Return the first of the sensor's moments at ``at`` or later, and after now."""
        wanted = max(at, self.now)
        return self.phase + -((self.phase - wanted) // LOOK_EVERY) * LOOK_EVERY

    def next_moment(self, other: datetime) -> datetime:
        """Return the sensor's first moment at which something may have changed: ``other`` at the latest."""
        now = self.now
        later = [at for at in self._moments(now) if at > now]
        return self.next_tick(min([*later, other]))

    def _moments(self, now: datetime) -> Iterator[datetime]:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(_LOOKS, {"now": now}).fetchone()
        following, due, unconfirmed, looked = row or (None,) * 4
        settings = self.product.settings
        if following:
            yield following
        if due or unconfirmed:
            yield now + LONGEST_JUMP
        if unconfirmed and looked:
            yield looked + timedelta(minutes=settings.recovery_minutes)
        if due:
            yield from self._of_due_posts(now)

    def _of_due_posts(self, now: datetime) -> Iterator[datetime]:
        """Return when the rules, and the breaker in its own time, say that a due post may go."""
        retry_at = breaker_state(self.product.database).retry_at
        if retry_at:
            yield now + (retry_at - system_now())
        for _, refusal in judge_due(self.product.database, self.product.account.admission):
            if refusal and refusal.until:
                yield refusal.until
