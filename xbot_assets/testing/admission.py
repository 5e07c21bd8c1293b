"""Limits of publishing that hold nothing back but what a test is about."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from xbot_assets.domain.admission.facts import AdmissionLimits
from xbot_assets.domain.pace.hours import HourWeights, WeightBounds
from xbot_assets.domain.pace.pacing import DAY, PaceKind, PaceRules, Pacing
from xbot_assets.domain.pace.rate import PaceFacts, RateState
from xbot_assets.domain.policy.facts import PolicyLimits
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.admission import Question, take

MANY = 1_000_000
"""No test publishes so often."""
LEASE = timedelta(minutes=15)
UTC_ZONE = ZoneInfo("UTC")


NO_PACE = PaceFacts(RateState(MANY), HourWeights(UTC_ZONE))
"""Nothing was published yet, and the rate is no limit."""


def unhurried_pace(per_day: int = MANY, zone: ZoneInfo = UTC_ZONE) -> PaceRules:
    """Return a pace without any limit but that of the day."""
    pacing = Pacing(
        per_hour=MANY,
        per_day=per_day,
        rate_start=MANY,
        rate_floor=MANY,
        rate_ceiling=MANY,
        raise_by=0,
        lower_to=1,
        window=MANY,
        tolerance=DAY,
        limit_pause=timedelta(hours=3),
        hour_weights=WeightBounds(1, 1),
    )
    return PaceRules({PaceKind.POST: pacing, PaceKind.REPLY: pacing}, zone)


def open_limits(
    per_day: int = MANY, *, spacing: timedelta = timedelta(0), shadow: bool = False, zone: ZoneInfo = UTC_ZONE
) -> AdmissionLimits:
    """Return limits that allow everything but what is given."""
    return AdmissionLimits(
        pace=unhurried_pace(per_day, zone),
        policy=PolicyLimits(engaged_only=False, replies_per_author=MANY, zone=zone),
        spacing=spacing,
        segment_spacing=timedelta(seconds=5),
        shadow=shadow,
    )


def unhurried(settings: Settings, per_day: int | None = None) -> AdmissionLimits:
    """Return the limits that the settings describe, but for the rate and the limit of an hour."""
    cap = settings.posts_per_day_max if per_day is None else per_day
    return replace(settings.admission_limits, pace=unhurried_pace(cap, settings.zone))


def take_post(
    db: Database, limits: AdmissionLimits, now: datetime, *, worker: str = "w", lease: timedelta = LEASE
) -> ClaimedPost | None:
    """Claim as the publisher does."""
    taken = take(db, Question(limits, now, worker), lease=lease)
    return taken if isinstance(taken, ClaimedPost) else None
