"""How many opportunities there are, how often to look for more, and when a person must know."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class PoolRules:
    """What the owner set.

    Attributes:
        alert_below: fewer than this are too few.
        least: fewer than this are looked for more often.
        most: more than this are not looked for, and not kept.
        urgent: between harvests while there are too few to choose from.
        usual: between harvests below ``least``.
        relaxed: between harvests from there on.
        drop_share: losing so large a share within ``drop_within`` is a rapid drop.
        warm_up: after the first harvest, few are no alarm for so long.
    """

    alert_below: int
    least: int
    most: int
    urgent: timedelta
    usual: timedelta
    relaxed: timedelta
    drop_share: float
    drop_within: timedelta
    warm_up: timedelta

    def interval(self, open_posts: int) -> timedelta | None:
        """Return the time between two harvests at this size; ``None``: none is needed."""
        if open_posts >= self.most:
            return None
        if open_posts < self.alert_below:
            return self.urgent
        return self.usual if open_posts < self.least else self.relaxed

    def dropped(self, before: int, now: int) -> bool:
        """Say whether the number fell rapidly; from a few to fewer is no drop."""
        return before >= self.alert_below and now < before * (1 - self.drop_share)
