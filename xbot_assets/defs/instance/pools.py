"""The limits of the lanes' pools: they live in the instance's database, not in ``dagster.yaml``.

``python -m xbot_assets.defs.instance.pools`` writes them. It loads no definitions, which takes seconds of each start.
"""

import dagster as dg

from xbot_assets.defs.lanes import pool_limits
from xbot_assets.settings import Settings, load_settings


def set_pools(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Write the limits that the settings ask for."""
    limits = pool_limits(settings.browser_slots, fourth=settings.browser_fourth_context)
    for pool, limit in limits.items():
        instance.event_log_storage.set_concurrency_slots(pool, limit)


if __name__ == "__main__":
    with dg.DagsterInstance.get() as _instance:
        set_pools(_instance, load_settings())
