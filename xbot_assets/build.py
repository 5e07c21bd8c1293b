"""The only assembly: :func:`build_defs` puts assets, checks, jobs, schedules and sensors together.

Also the program the supervisor calls for Dagster's own sake: ``python -m xbot_assets.build check | pools | once``.
"""

import sys
from collections.abc import Mapping

import dagster as dg

from xbot_assets.defs.content import assets as content
from xbot_assets.defs.content.gates import gate_refusals, gate_refusals_job
from xbot_assets.defs.content.patterns import draw_failures, llm_failure_patterns
from xbot_assets.defs.content.pool import emergency_pool, top_up_pool_when_due
from xbot_assets.defs.content.schedules import plan_when_due
from xbot_assets.defs.lanes import pool_limits, refuse_without_pool
from xbot_assets.defs.learning import assets as learning
from xbot_assets.defs.learning.sensors import learn_when_due
from xbot_assets.defs.metrics import assets as metrics
from xbot_assets.defs.metrics.checks import counts_are_possible
from xbot_assets.defs.metrics.schedules import measure_account_when_due, measure_when_due
from xbot_assets.defs.operations import assets as operations
from xbot_assets.defs.operations.jobs import JOBS
from xbot_assets.defs.operations.schedules import watch_browser
from xbot_assets.defs.operations.sensors import alert_on_failed_run, resolve_failed_run, watch_browser_queue
from xbot_assets.defs.operations.session import check_session_when_due, session_checks
from xbot_assets.defs.publishing import assets as publishing
from xbot_assets.defs.publishing.checks import no_post_is_in_doubt
from xbot_assets.defs.publishing.recovery import recovered_post_ids, timeline_reconciliation
from xbot_assets.defs.publishing.sensors import publish_when_due, reconcile_when_due, recover_when_due
from xbot_assets.defs.resources import product_resource
from xbot_assets.settings import Settings, load_settings

OWNERS = ["team:xbot"]
"""Who answers for an asset that names nobody; local owners are kept."""


ASSETS = [
    content.content_plan,
    emergency_pool,
    gate_refusals,
    llm_failure_patterns,
    publishing.published_posts,
    recovered_post_ids,
    timeline_reconciliation,
    metrics.post_metrics,
    metrics.account_metrics,
    learning.engagement_outcomes,
    learning.bandit_model,
    learning.engagement_predictor,
    learning.champion_models,
    operations.browser_usage,
    session_checks,
]


def build_defs(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Assemble the code location; ``resources`` replaces the real ones in a test.

    Raises:
        PermanentFailure: an asset is in no pool, or in a browser pool that is not its lane's.
    """
    refuse_without_pool(ASSETS)
    return dg.Definitions(
        assets=dg.map_asset_specs(_owned, [*ASSETS, learning.champions_in_use]),
        asset_checks=[no_post_is_in_doubt, counts_are_possible],
        jobs=JOBS,
        schedules=[
            plan_when_due,
            top_up_pool_when_due,
            gate_refusals_job,
            draw_failures,
            reconcile_when_due,
            measure_when_due,
            measure_account_when_due,
            watch_browser,
            check_session_when_due,
        ],
        sensors=[
            publish_when_due,
            recover_when_due,
            learn_when_due,
            alert_on_failed_run,
            resolve_failed_run,
            watch_browser_queue,
        ],
        resources=dict(resources) if resources is not None else {"product": product_resource},
        # One process per run: a step is short, and a process of its own would cost seconds each.
        executor=dg.in_process_executor,
    )


def _owned(spec: dg.AssetSpec) -> dg.AssetSpec:
    return spec if spec.owners else spec.replace_attributes(owners=OWNERS)


def set_pools(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Write the limits of the lanes' pools: they live in the instance's database, not in ``dagster.yaml``."""
    limits = pool_limits(settings.browser_slots, fourth=settings.browser_fourth_context)
    for pool, limit in limits.items():
        instance.event_log_storage.set_concurrency_slots(pool, limit)


def main(arguments: list[str]) -> int:
    """Run ``check`` (the graph loads), ``pools`` (write the limits) or ``once`` (one pass of the loop)."""
    if arguments[:1] == ["check"]:
        dg.Definitions.validate_loadable(build_defs())
        return 0
    if arguments[:1] == ["pools"]:
        with dg.DagsterInstance.get() as instance:
            set_pools(instance, load_settings())
        return 0
    if arguments[:1] == ["once"]:
        from xbot_assets.defs.operations.once import run_once  # noqa: PLC0415 - the other verbs do not need it

        return run_once(build_defs())
    sys.stderr.write("usage: python -m xbot_assets.build check | pools | once\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
