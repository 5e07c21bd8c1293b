"""The breaker of the low lane: what others write is read behind it, and publishing is not stopped by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from xbot_assets.domain.pace.breaker import AttemptOutcome
from xbot_assets.steps.metrics import careful
from xbot_assets.steps.product import Opened, Product

HARVEST = "harvest"
"""The breaker's name; publishing has one of its own, and neither stops the other."""


def breaker_wait(product: Opened) -> str | None:
    """Say why reading has to wait, or ``None``."""
    return careful.breaker_wait(product, HARVEST, "Reading what others write failed too often")


@contextmanager
def careful_reading(product: Product) -> Iterator[bool]:
    """Hold the breaker's leave for one attempt and tell it what came of it; yield whether there is leave."""
    policy = replace(product.settings.breaker_policy, failures=product.settings.harvest_failures_max)
    with careful.careful(product, HARVEST, policy) as attempt:
        yield attempt is not None
        if attempt is not None:
            attempt.outcome = AttemptOutcome.SUCCESS
