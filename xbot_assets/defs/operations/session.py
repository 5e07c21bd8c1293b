"""Whether the account is still logged in."""

import dagster as dg

from xbot_assets.defs.failures import as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags
from xbot_assets.defs.metadata import materialized
from xbot_assets.defs.resources import ProductIn
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.account.session_checks import check_session


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
        answer = check_session(product)
        return materialized({"state": answer.state, "handle": answer.handle or "none shown"})
