"""Assets that are older than their policies allow: each is told once, and again when it is fresh."""

from collections.abc import Sequence
from datetime import datetime

from xbot_assets.domain.alerts.operations import ASSET_STALE
from xbot_assets.service.health.freshness import StaleAsset
from xbot_assets.store.alerts import alert, resolve_every
from xbot_assets.store.engine.database import Statements

_SECONDS_PER_HOUR = 3600.0


def watch_freshness(db: Statements, stale: Sequence[StaleAsset], now: datetime, real_now: datetime) -> None:
    """Raise what is stale and end what is fresh; policies go by real time. Raises as the database does."""
    for one in stale:
        alert(db, ASSET_STALE, now=now, counted=False, asset=one.name, age=_age(one, real_now))
    resolve_every(db, ASSET_STALE, now, [ASSET_STALE.key_of(asset=one.name) for one in stale])


def _age(one: StaleAsset, real_now: datetime) -> str:
    if one.made_at is None:
        return "too long"
    return f"{(real_now - one.made_at).total_seconds() / _SECONDS_PER_HOUR:.0f} hours"
