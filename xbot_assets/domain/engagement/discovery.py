"""Which accounts may be worth looking at: what they did, each deed counting less the longer ago it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

WEIGHTS: Mapping[str, float] = {
    "reply": 3,
    "quote": 3,
    "mention": 2,
    "repost": 2,
    "answered": 2,
    "quoted": 2,
    "like": 1,
    "follow": 1,
}
"""What each deed adds: words more than a press of a button. ``answered`` and ``quoted`` are by tracked accounts."""
HALF_LIVES_COUNTED = 3
"""Deeds from before so many half-lives are left out: they would count an eighth of their weight at most."""


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """What the owner set.

    Attributes:
        half_life: after this a deed counts half.
        score_min: accounts below this are not looked at.
        accounts_max: the best so many are; 0 for none.
    """

    half_life: timedelta
    score_min: float
    accounts_max: int

    @property
    def counted(self) -> timedelta:
        """The time in which a deed counts at all."""
        return HALF_LIVES_COUNTED * self.half_life
