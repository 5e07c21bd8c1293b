"""Whether there is something to learn from: asked by schedules and watches, which load no numerics for it."""

from datetime import datetime, timedelta

from xbot_assets.steps.product import Opened
from xbot_assets.store.learning.models import model_versions
from xbot_assets.store.metrics import readings as metric_store
from xbot_assets.store.metrics.readings import OutcomeReading

OUTCOME_AGE_MAX = timedelta(days=30)
"""A post that no reading up to this age shows views of has no outcome, and never gets one."""
OUTCOME_LOST_AFTER = timedelta(days=90)
"""A post for which nobody has taken an outcome at this age gets none: two months are left to a stopped stack."""


def learning_due(product: Opened) -> bool:
    """Say whether an outcome can be computed now and the last training is long enough ago."""
    now = product.clock.now()
    newest = model_versions(product.database, "bandit", 1)
    interval = timedelta(minutes=product.settings.learn_interval_minutes)
    if newest and now - newest[0].trained_at < interval:
        return False
    return bool(outcomes_due(product, now, 1))


def outcomes_due(product: Opened, now: datetime, limit: int) -> list[OutcomeReading]:
    """Return readings that an outcome can be taken from now, at most so many."""
    ages = {"min_age": timedelta(hours=product.settings.outcome_age_hours), "max_age": OUTCOME_AGE_MAX}
    since = now - OUTCOME_LOST_AFTER
    return metric_store.outcomes_due(product.database, now=now, since=since, limit=limit, **ages)
