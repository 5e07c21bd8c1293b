"""Watching who waits for the browser: samples over time, and an alert when too many wait or for too long.

Real time throughout: waiting people wait in real time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.alerts.operations import BROWSER_QUEUE_DEEP, BROWSER_QUEUE_SLOW
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.operations import browser_operations as operation_store
from xbot_assets.store.operations.browser_operations import LaneWaits, QueueSample

WAIT_WINDOW = timedelta(minutes=30)
"""Average waits are over this stretch: long enough to hold several operations, short enough to be news."""
SHOWN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Usage:
    """A day of the browser: waits by lane, and samples of the queue."""

    waits: tuple[LaneWaits, ...]
    samples: tuple[QueueSample, ...]


def watch_queue(product: Product, queued: Mapping[Lane, Sequence[datetime]], now: datetime) -> int:
    """Store who waits, raise or resolve the two alerts, and return how many wait.

    Args:
        product: the opened parts.
        queued: for each lane, when each waiting run was created.
        now: real time.
    """
    rows = [_sample(lane, queued.get(lane, ()), now) for lane in Lane]
    operation_store.insert_queue_samples(product.database, rows, now)
    depth = sum(len(created) for created in queued.values())
    _judge_depth(product, depth)
    _judge_wait(product, now)
    return depth


def browser_usage(product: Product, now: datetime) -> Usage:
    """Return the last day's waits and samples."""
    since = now - SHOWN
    return Usage(
        waits=tuple(operation_store.waits_by_lane(product.database, since)),
        samples=tuple(operation_store.queue_samples(product.database, since)),
    )


def _sample(lane: Lane, created: Sequence[datetime], now: datetime) -> dict[str, object]:
    oldest = max(((now - at).total_seconds() for at in created), default=0.0)
    return {"lane": str(lane), "waiting": len(created), "oldest_seconds": max(0.0, oldest)}


def _judge_depth(product: Product, depth: int) -> None:
    limit = product.settings.browser_depth_alert
    if depth <= limit:
        resolve_alert(product.database, BROWSER_QUEUE_DEEP, product.clock.now())
        return
    alert(product.database, BROWSER_QUEUE_DEEP, now=product.clock.now(), depth=depth, limit=limit)


def _judge_wait(product: Product, now: datetime) -> None:
    limit = product.settings.browser_wait_alert_minutes
    lanes = operation_store.waits_by_lane(product.database, now - WAIT_WINDOW)
    waited = sum(lane.mean_seconds * lane.operations for lane in lanes)
    mean = waited / max(1, sum(lane.operations for lane in lanes))
    if mean <= limit * 60:
        resolve_alert(product.database, BROWSER_QUEUE_SLOW, product.clock.now())
        return
    alert(product.database, BROWSER_QUEUE_SLOW, now=product.clock.now(), minutes=mean / 60)
