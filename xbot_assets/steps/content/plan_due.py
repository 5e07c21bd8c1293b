"""Whether a plan is due: asked by schedules and watches, which load no client of a model for it."""

from datetime import datetime, timedelta

from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.steps.product import Opened
from xbot_assets.store.engagement.opportunities import waiting_replies
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing import queue as queue_store

PLAN_PURPOSE = "plan"


def plan_wait(product: Opened) -> str | None:
    """Say in words why no plan is due now, or ``None`` when one is."""
    settings, now = product.settings, product.clock.now()
    counts = post_store.queue_counts(product.database)
    waiting = counts.get("queued", 0) + counts.get("held", 0) - waiting_replies(product.database, now).waiting
    if waiting >= settings.plan_queue_max:
        return f"{waiting} posts wait already."
    next_at = _next_plan(product, budget_now(product.database, settings, now).tier.interval)
    if next_at is None or now >= next_at:
        return None
    return f"The next plan is due at {next_at:%Y-%m-%d %H:%M} UTC."


def _next_plan(product: Opened, interval: timedelta) -> datetime | None:
    """Return when to plan again: an interval after the last posts, or soon after a call that brought none."""
    planned = queue_store.last_planned(product.database)
    due = planned + interval if planned else None
    last = queue_store.last_llm_call(product.database, PLAN_PURPOSE)
    if last is None or last.outcome == "ok" or (planned and planned >= last.called_at):
        return due
    again = last.called_at + timedelta(minutes=product.settings.plan_retry_minutes)
    return max(again, due) if due else again
