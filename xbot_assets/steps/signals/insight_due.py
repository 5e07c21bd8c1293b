"""Whether a conclusion is due: asked by ticks, which load no client of a model for it."""

from datetime import datetime, timedelta

from xbot_assets.domain.engagement.insights import INSIGHT_PURPOSE, SOURCES, InsightKind
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Opened
from xbot_assets.store.engagement.insights import last_insight
from xbot_assets.store.engagement.signals import signal_counts
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.queue import last_llm_call


def insight_wait(product: Opened, kind: InsightKind) -> str | None:
    """Say in words why nothing is concluded now, or ``None``."""
    settings, now = product.settings, product.clock.now()
    if not settings.insight_share_percent:
        return "XBOT_INSIGHT_SHARE_PERCENT is 0."
    due = _due(product.database, settings, kind)
    if due is not None and now < due:
        return f"The next conclusion is due at {due:%Y-%m-%d %H:%M} UTC."
    seen = sum(
        one.seen for one in signal_counts(product.database, now - settings.signal_age) if one.kind in SOURCES[kind]
    )
    return None if seen >= settings.insight_signals_min else f"Only {seen} signals are known that it could rest on."


def _due(database: Database, settings: Settings, kind: InsightKind) -> datetime | None:
    """Return when to conclude again: an interval after the last time, or some minutes after a call that failed."""
    last, call = last_insight(database, kind), last_llm_call(database, INSIGHT_PURPOSE)
    due = last.made_at + settings.insight_every(kind) if last else None
    if call is None or call.outcome == "ok":
        return due
    again = call.called_at + timedelta(minutes=settings.plan_retry_minutes)
    return max(again, due) if due else again
