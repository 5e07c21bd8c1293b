"""Going on with a thread: after one of its segments is published, the same cycle publishes the next ones.

Each goes out behind a fence of its own: whatever interrupts a thread, a later cycle goes on at its next segment.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from xbot_assets.domain.failures import ProductError
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import PublishReport, publish_next
from xbot_assets.store.publishing.threads import next_segment_time

LOOK_SECONDS = 0.2
"""Between two looks at the product's clock, which may run faster than real time or be moved."""
LATE = timedelta(seconds=1)
"""A segment that waits for longer than its spacing and this was put off, and is left to a later cycle."""


def publish_due(
    product: Product, *, retried_at_once: Callable[[ProductError], bool] = lambda _: False
) -> list[PublishReport]:
    """Publish at most one due post, or as much of a thread as can go now; the first report is always there.

    Raises as :func:`publish_next`; what was published before the failure stays published.
    """
    reports = [publish_next(product, retried_at_once=retried_at_once)]
    while reports[-1].place is not None and _next_is_due(product):
        report = publish_next(product, retried_at_once=retried_at_once)
        if report.post_id is None:
            break
        reports.append(report)
    return reports


def _next_is_due(product: Product) -> bool:
    """Wait for the next segment's time; ``False`` when none comes within its spacing."""
    settings = product.settings
    at = next_segment_time(product.database, settings.segment_spacing, shadow=settings.is_shadow)
    if at is None or at - product.clock.now() > settings.segment_spacing + LATE:
        return False
    return _until(product, at, seconds=settings.thread_segment_seconds + LATE.total_seconds())


def _until(product: Product, at: datetime, *, seconds: float) -> bool:
    """Wait until the product's clock shows ``at``, for so many real seconds at most."""
    deadline = time.monotonic() + seconds
    while product.clock.now() < at:
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True
