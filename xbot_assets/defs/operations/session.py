"""Whether the account is still logged in, and when to ask."""

import dagster as dg

from xbot_assets.defs.due import EVERY_MINUTE, request_unless
from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags
from xbot_assets.defs.operations.jobs import session_job
from xbot_assets.defs.resources import ProductIn
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.account.session_checks import check_session, session_wait
from xbot_assets.steps.publishing.posting_window import posting_window


@dg.asset(
    group_name="operations",
    kinds={"chromium", "postgres"},
    pool=BROWSER_POOL[Lane.HIGH],
    op_tags=lane_tags(Lane.HIGH),
    tags={"xbot/step": "watch"},
)
def session_checks(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
    """What X says of the stored session: logged in and as whom, logged out, locked or suspended.

    Anything but the own account logged in puts publishing on hold with one alert, until a later check finds it well.
    """
    with as_dagster_failure(context, product):
        found = check_session(product)
        return dg.MaterializeResult(metadata={"state": found.state, "handle": found.handle or "none shown"})


@dg.schedule(
    cron_schedule=EVERY_MINUTE,
    job=session_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="check_session_when_due",
)
def check_session_when_due(context: dg.ScheduleEvaluationContext, product: ProductIn) -> dg.RunRequest | dg.SkipReason:
    """Check the session every ten minutes of the product's clock, outside posting windows."""
    return request_unless(context, session_job.name, wait=session_wait(product) or posting_window(product))
