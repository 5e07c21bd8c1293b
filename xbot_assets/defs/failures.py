"""From our failure types to Dagster's: what is retried as a step, what fails at once, and what is alerted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dagster as dg

from xbot_assets.defs.metadata import plain
from xbot_assets.domain.alerts.account import PUBLISHING_HOLD
from xbot_assets.domain.alerts.operations import ASSET_FAILED
from xbot_assets.domain.failures import ProductError, worth_an_immediate_retry
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert

PLAN_WAITS = (2.0, 4.0, 8.0)
"""Seconds before each step retry of planning: doubling, so that a short outage is over before the last."""
PUBLISH_WAITS = (1.0, 2.0, 4.0)
"""Seconds before each step retry of publishing; only failures before the click get here."""
NO_WAITS: tuple[float, ...] = ()
TOLD_BY = "alert"
"""Metadata of a failed step: the key of the alert that tells of it, so that the run's failure opens no other."""


@contextmanager
def as_dagster_failure(
    context: dg.AssetExecutionContext, product: Product, *, waits: Sequence[float] = NO_WAITS
) -> Iterator[None]:
    """Turn a :class:`ProductError` into a retry of the step or a failure that names cause and remedy.

    Only transient failures are retried, once per entry of ``waits``. The last failure of an asset raises one
    alert, unless one tells of its cause already, and its next success resolves it.
    """
    asset = context.asset_key.to_user_string()
    try:
        yield
    except ProductError as error:
        attempt = context.retry_number
        if worth_an_immediate_retry(error, attempt, waits):
            wait = max(waits[attempt], error.retry_after_seconds or 0.0)
            raise dg.RetryRequested(max_retries=len(waits), seconds_to_wait=wait) from error
        _tell(product, asset, error, context.run.run_id)
        raise dg.Failure(
            description=str(error),
            metadata=plain(
                {
                    "kind": error.kind,
                    "code": error.code,
                    "remedy": error.remedy or "none",
                    TOLD_BY: error.told_by,
                }
            ),
            allow_retries=False,
        ) from error
    resolve_alert(product.database, ASSET_FAILED, product.clock.now(), asset=asset)


def _tell(product: Product, asset: str, error: ProductError, run_id: str) -> None:
    """Raise the asset's alert for what no other alert tells of; a hold for the same failure does."""
    if not error.told_by and error.code in product.account.holds:
        error.told_by = PUBLISHING_HOLD.key_of(code=error.code)
    if error.told_by:
        return
    alert(
        product.database,
        ASSET_FAILED,
        now=product.clock.now(),
        cause=error,
        asset=asset,
        reason=error.reason,
        remedy=error.remedy,
        run_id=run_id,
    )
