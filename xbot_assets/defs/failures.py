"""From our failure types to Dagster's: what is retried as a step, what fails at once, and what is alerted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dagster as dg

from xbot_assets.domain.failures import ProductError, worth_an_immediate_retry
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert

PLAN_WAITS = (2.0, 4.0, 8.0)
"""Seconds before each step retry of planning (report, layer 2)."""
PUBLISH_WAITS = (1.0, 2.0, 4.0)
"""Seconds before each step retry of publishing; only failures before the click get here."""
NO_WAITS: tuple[float, ...] = ()


@contextmanager
def as_dagster_failure(
    context: dg.AssetExecutionContext, product: Product, *, waits: Sequence[float] = NO_WAITS
) -> Iterator[None]:
    """Turn a :class:`ProductError` into a retry of the step or a failure that names cause and remedy.

    Only transient failures are retried, once per entry of ``waits``. The last failure of an asset raises one
    alert, and its next success resolves it.
    """
    asset = context.asset_key.to_user_string()
    key = f"asset_failed:{asset}"
    try:
        yield
    except ProductError as error:
        attempt = context.retry_number
        if worth_an_immediate_retry(error, attempt, waits):
            wait = max(waits[attempt], error.retry_after_seconds or 0.0)
            raise dg.RetryRequested(max_retries=len(waits), seconds_to_wait=wait) from error
        _raise_alert(product, key, asset, error)
        raise dg.Failure(
            description=str(error),
            metadata={"kind": str(error.kind), "code": error.code, "remedy": error.remedy or "none"},
            allow_retries=False,
        ) from error
    resolve_alert(product.database, key, product.clock.now())


def _raise_alert(product: Product, key: str, asset: str, error: ProductError) -> None:
    alert(
        product.database,
        key=key,
        severity="warning",
        reason=f"{asset} failed: {error.reason}",
        remedy=error.remedy or "It is tried again when it is next due; look at the run's log if it goes on.",
        now=product.clock.now(),
    )
