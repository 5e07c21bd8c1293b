"""The product's definitions plus work that keeps the lanes busy; ``XBOT_DEFINITIONS`` names this module.

Every step is in the product's pool and goes through its recorded browser client.
"""

import dagster as dg

from xbot_assets.build import build_defs
from xbot_assets.defs.failures import PUBLISH_WAITS, as_dagster_failure
from xbot_assets.defs.lanes import BROWSER_POOL, lane_tags, refuse_without_pool
from xbot_assets.defs.resources import ProductIn
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.product import Product
from xbot_assets.x.operations import CheckSession, ReadPosts, Search

POSTS_A_STEP = 12
"""Posts that one step reads, each on its own page: about five seconds with Chromium sharing two cores."""
FOUND_BY = "the"
PARTITIONS = dg.StaticPartitionsDefinition([f"p{number}" for number in range(1000)])
"""More than any run of the benchmark backfills."""


def _read(product: Product, lane: Lane) -> int:
    """Find some posts and read each on its own page; return how many were read."""
    seconds = product.settings.read_deadline_seconds
    results = product.x.run(Search(query=FOUND_BY, limit=POSTS_A_STEP), lane=lane, deadline_seconds=seconds)
    posts = tuple(post.post_id for post in results.posts if post.post_id)
    asked = ReadPosts(post_ids=posts, handle=product.account.handle)
    return len(product.x.run(asked, lane=lane, deadline_seconds=seconds).posts)


def _reading(name: str, lane: Lane, partitions: dg.PartitionsDefinition[str] | None = None) -> dg.AssetsDefinition:
    @dg.asset(name=name, group_name="load", pool=BROWSER_POOL[lane], op_tags=lane_tags(lane), partitions_def=partitions)
    def reads(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
        # A low step that had to make way begins again.
        with as_dagster_failure(context, product, waits=PUBLISH_WAITS):
            return dg.MaterializeResult(metadata={"posts_read": _read(product, lane)})

    return reads


def _checking(name: str, partitions: dg.PartitionsDefinition[str] | None = None) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        group_name="load",
        pool=BROWSER_POOL[Lane.CRITICAL],
        op_tags=lane_tags(Lane.CRITICAL),
        partitions_def=partitions,
    )
    def checks(context: dg.AssetExecutionContext, product: ProductIn) -> dg.MaterializeResult[None]:
        with as_dagster_failure(context, product):
            seconds = product.settings.read_deadline_seconds
            answer = product.x.run(CheckSession(), lane=Lane.CRITICAL, deadline_seconds=seconds)
            return dg.MaterializeResult(metadata={"state": answer.state})

    return checks


ASSETS = [
    _reading("load_high", Lane.HIGH),
    _reading("load_low", Lane.LOW),
    _reading("load_low_part", Lane.LOW, PARTITIONS),
    _checking("load_critical"),
    _checking("load_critical_part", PARTITIONS),
]
JOBS = [
    dg.define_asset_job("load_high_job", selection="load_high"),
    dg.define_asset_job("load_low_job", selection="load_low"),
    dg.define_asset_job("load_critical_job", selection="load_critical"),
    dg.define_asset_job("load_mixed_job", selection=dg.AssetSelection.assets("load_high", "load_low")),
]
refuse_without_pool(ASSETS)

defs = dg.Definitions.merge(build_defs(), dg.Definitions(assets=ASSETS, jobs=JOBS))
