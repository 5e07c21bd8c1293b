"""The numbers that bound the pace of publishing, one kind at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from xbot_assets.domain.pace.hours import WeightBounds

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class PaceKind(StrEnum):
    """What is published; each kind has its own limits and its own rate."""

    POST = "post"
    REPLY = "reply"

    @classmethod
    def of(cls, *, is_reply: bool) -> Self:
        """Return the kind of a post."""
        return cls("reply" if is_reply else "post")


@dataclass(frozen=True, slots=True)
class Pacing:
    """The bounds and the rules of the rate.

    Attributes:
        per_hour: most admissions in any 60 minutes.
        per_day: most admissions on one day of the owner's calendar.
        rate_start: admissions an hour before anything was learned.
        rate_floor: the rate never falls below this.
        rate_ceiling: the rate, hourly weight included, never rises above this.
        raise_by: added to the rate after a good window, per hour.
        lower_to: the rate is multiplied by this after a bad window.
        window: outcomes that judge a rate.
        tolerance: how early an admission may come against an even spacing; it is made up for by the next one.
        limit_pause: how long nothing is admitted after X says that its daily limit is reached.
        hour_weights: the bounds of an hour's weight.
    """

    per_hour: int
    per_day: int
    rate_start: float
    rate_floor: float
    rate_ceiling: float
    raise_by: float
    lower_to: float
    window: int
    tolerance: timedelta
    limit_pause: timedelta
    hour_weights: WeightBounds

    @property
    def ceiling(self) -> float:
        """The highest rate: the hard limit of an hour stands above every setting of the rate."""
        return min(self.rate_ceiling, float(self.per_hour))

    @property
    def floor(self) -> float:
        """The lowest rate."""
        return min(self.rate_floor, self.ceiling)

    def bounded(self, rate: float) -> float:
        """Return the rate, moved into its bounds."""
        return min(max(rate, self.floor), self.ceiling)


@dataclass(frozen=True, slots=True)
class PaceRules:
    """The bounds of each kind, and the owner's time zone."""

    pacing: Mapping[PaceKind, Pacing]
    zone: ZoneInfo
