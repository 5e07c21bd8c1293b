"""When an unconfirmed post is looked for on X, and what may follow from not finding it."""

from dataclasses import dataclass
from datetime import timedelta

LAST_CLICK_MARGIN = timedelta(seconds=30)
"""Added to the deadline of a publish operation before it is taken for over: the way to the host, and its clock."""


@dataclass(frozen=True, slots=True)
class RecoveryRules:
    """When an unconfirmed post is looked for, and when it goes back to the queue.

    Attributes:
        looks_max: looks that say "not there" before anything follows from them.
        between: least time between two looks for one post.
        span: least time between the first and the last of those looks.
        may_requeue: whether it then goes back to the queue, once, instead of to a person.
        click_within: a publish operation that was sent so long ago (real time) cannot click any more.
    """

    looks_max: int
    between: timedelta
    span: timedelta
    may_requeue: bool
    click_within: timedelta
