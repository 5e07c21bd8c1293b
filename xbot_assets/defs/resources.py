"""The Dagster resources: the product's parts, opened for each step, and those that ticks share.

A resource lives once per step process, so it holds clients only; the browser itself belongs to its host.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg

from xbot_assets.defs.ticks import shared_product
from xbot_assets.domain.budget.calls import NOT_NOTED, ConcurrentRuns
from xbot_assets.settings import load_settings
from xbot_assets.steps.product import Product, open_product

_LOG = logging.getLogger(__name__)
IN_PROGRESS = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
RUNS_LOOKED_AT = 50
"""Most runs that are asked for: several times what the queue lets go at once."""
BY_HAND = "by hand"
"""The worker's name outside a run."""


@dg.resource(description="Database, cache, browser client and language model, opened for one step.")
def product_resource(context: dg.InitResourceContext) -> Iterator[Product]:
    """Open the parts with settings read now, never at import; close them when the step ends."""
    worker = context.run.run_id if context.run else BY_HAND
    with open_product(
        load_settings(), worker=worker, asked_at=_created_at(context), concurrent_runs=_concurrent_runs(context)
    ) as product:
        yield product


def _created_at(context: dg.InitResourceContext) -> datetime | None:
    """Return when the run was created, whoever created it."""
    if context.run is None or context.instance is None:
        return None
    record = context.instance.get_run_record_by_id(context.run.run_id)
    return record.create_timestamp.astimezone(UTC) if record else None


def _concurrent_runs(context: dg.InitResourceContext) -> ConcurrentRuns:
    """Return this run's job and the jobs of the other runs in progress.

    It is only for the ledger's report, so what cannot be learned is logged and does not fail the run.
    """
    if context.run is None or context.instance is None:
        return NOT_NOTED
    try:
        runs = context.instance.get_runs(dg.RunsFilter(statuses=IN_PROGRESS), limit=RUNS_LOOKED_AT)
    except Exception as error:  # noqa: BLE001 - whatever Dagster's storage raises
        _LOG.warning("what else runs could not be learned, so the ledger will not know: %s", type(error).__name__)
        return NOT_NOTED
    return _concurrent_with(context.run, runs)


def _concurrent_with(own: dg.DagsterRun, runs: Sequence[dg.DagsterRun]) -> ConcurrentRuns:
    """Return a run's job and, each once and in order, the jobs of the other runs."""
    return ConcurrentRuns(own.job_name, tuple(sorted({run.job_name for run in runs if run.run_id != own.run_id})))


@dg.resource(description="What schedules and sensors look at: kept open in this process from one tick to the next.")
def tick_resource(_context: dg.InitResourceContext) -> Iterator[Product]:
    """Lend the product that all ticks of this process share."""
    with shared_product.lent() as product:
        yield product


@dg.io_manager(config_schema={}, description="Hands nothing on: what a step leaves is in the database.")
def nothing_handed_on(_context: dg.InitResourceContext) -> dg.InMemoryIOManager:
    """Keep what steps return within their process.

    Dagster's own would keep it in pickles, in a directory that whoever launches a run may name.
    """
    return dg.InMemoryIOManager()  # type: ignore[no-untyped-call]  # not typed by Dagster


ProductIn = dg.ResourceParam[Product]
"""What an asset or a check asks for under the name ``product``."""
TickIn = dg.ResourceParam[Product]
"""What a schedule or a sensor asks for under the name ``tick``."""
