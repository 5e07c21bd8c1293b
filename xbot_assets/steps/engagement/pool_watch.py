"""Tells a person when there is little to answer, or suddenly less."""

from datetime import timedelta

from xbot_assets.domain.alerts.engagement import FEW_OPPORTUNITIES, OPPORTUNITIES_DROPPED
from xbot_assets.domain.engagement.pool import PoolRules
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.engagement import opportunities as opportunity_store

_HOUR = timedelta(hours=1)


def watch_pool(product: Product, open_posts: int) -> None:
    """Keep one alert open while there are too few, and one while they have become few at once."""
    rules = product.settings.opportunity_rules
    _watch_few(product, rules, open_posts)
    _watch_drop(product, rules, open_posts)


def _watch_few(product: Product, rules: PoolRules, open_posts: int) -> None:
    now, first = product.clock.now(), opportunity_store.first_count_at(product.database)
    if open_posts >= rules.alert_below:
        resolve_alert(product.database, FEW_OPPORTUNITIES, now)
    elif first is not None and now - first >= rules.warm_up:
        alert(
            product.database,
            FEW_OPPORTUNITIES,
            now=now,
            counted=False,
            open_posts=open_posts,
            least=rules.least,
            most=rules.most,
        )


def _watch_drop(product: Product, rules: PoolRules, open_posts: int) -> None:
    now = product.clock.now()
    counts = opportunity_store.counts_since(product.database, now - rules.drop_within)
    before = max((count.open_posts for count in counts), default=0)
    if not rules.dropped(before, open_posts):
        resolve_alert(product.database, OPPORTUNITIES_DROPPED, now)
        return
    hours = f"{rules.drop_within / _HOUR:g}"
    alert(
        product.database,
        OPPORTUNITIES_DROPPED,
        now=now,
        counted=False,
        before=before,
        open_posts=open_posts,
        hours=hours,
    )
