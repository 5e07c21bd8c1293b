"""Schedules and sensors that fail, or look no more: Dagster itself tells nobody of that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.operations import LOOK_FAILED, LOOK_MISSED
from xbot_assets.service.health.automations import Automation
from xbot_assets.store.alerts import alert, resolve_every
from xbot_assets.store.engine.database import Statements

LATE = 1.5
"""A look is missed when so many of its intervals have gone by."""
LATE_LEAST = timedelta(minutes=3)
"""Looks of a few seconds come late when the machine is busy."""
_FAILED = "failure"
_SECONDS_PER_MINUTE = 60.0


def watch_looks(db: Statements, looking: Sequence[Automation], now: datetime, real_now: datetime) -> None:
    """Tell which of them failed at their last look or missed it, and end what is over. Raises as the database does.

    Args:
        db: the database.
        looking: the automations as Dagster has them.
        now: the product's time.
        real_now: real time, which looks go by.
    """
    on = [one for one in looking if one.runs]
    failed = [one for one in on if one.looked == _FAILED]
    missed = {one: late for one in on if (late := _late(one, real_now)) is not None}
    for one in failed:
        alert(db, LOOK_FAILED, now=now, counted=False, name=one.name, reason=one.trouble or "no reason was given")
    for one, late in missed.items():
        minutes = late.total_seconds() / _SECONDS_PER_MINUTE
        alert(db, LOOK_MISSED, now=now, counted=False, name=one.name, minutes=minutes, every=_words(one))
    resolve_every(db, LOOK_FAILED, now, [LOOK_FAILED.key_of(name=one.name) for one in failed])
    resolve_every(db, LOOK_MISSED, now, [LOOK_MISSED.key_of(name=one.name) for one in missed])


def _late(one: Automation, real_now: datetime) -> timedelta | None:
    """Return how long ago it looked when that is too long; ``None`` when it is not, or when nobody can tell."""
    if one.looked_at is None or one.every_seconds is None:
        return None
    ago = real_now - one.looked_at
    return ago if ago > max(LATE_LEAST, timedelta(seconds=LATE * one.every_seconds)) else None


def _words(one: Automation) -> str:
    seconds = one.every_seconds or 0
    return f"{seconds / _SECONDS_PER_MINUTE:g} minutes" if seconds > _SECONDS_PER_MINUTE else f"{seconds} seconds"
