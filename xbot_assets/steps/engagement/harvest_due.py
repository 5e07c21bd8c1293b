"""Whether a harvest is due: asked by schedules and watches, which load no client of a model for it."""

from xbot_assets.steps.engagement.careful import breaker_wait
from xbot_assets.steps.product import Opened
from xbot_assets.store.engagement import opportunities as opportunity_store


def harvest_wait(product: Opened) -> str | None:
    """Say in words why no harvest is due now, or ``None``."""
    if product.settings.harvest_mode != "all":
        return "XBOT_HARVEST leaves searches and tracked accounts out."
    if wait := breaker_wait(product):
        return wait
    now, rules = product.clock.now(), product.settings.opportunity_rules
    counts = opportunity_store.counts_since(product.database, now - rules.relaxed)
    open_posts = opportunity_store.open_count(product.database, now)
    interval = rules.interval(open_posts)
    if interval is None:
        return f"{open_posts} posts can be answered: enough."
    due = counts[-1].counted_at + interval if counts else now
    return None if now >= due else f"The next harvest is due at {due:%Y-%m-%d %H:%M} UTC."
