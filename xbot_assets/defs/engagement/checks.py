"""Checks of what others write, and of replies."""

import dagster as dg

from xbot_assets.defs.engagement.assets import inbound_engagements, planned_replies, reply_opportunities
from xbot_assets.defs.resources import ProductIn
from xbot_assets.steps.engagement.checking import (
    evidence_problems,
    pool_problems,
    tell_answered_twice,
    unwanted_replies,
)


@dg.asset_check(asset=inbound_engagements)
def engagements_have_evidence(product: ProductIn) -> dg.AssetCheckResult:
    """Each engagement names its author and its time, no later than now; all but a follow name a post."""
    problems = evidence_problems(product)
    return dg.AssetCheckResult(passed=problems == 0, metadata={"without_evidence": problems})


@dg.asset_check(asset=reply_opportunities)
def opportunities_are_sound(product: ProductIn) -> dg.AssetCheckResult:
    """Open posts are fresh, by others, with a text, and no more than the pool holds; no count of theirs fell."""
    problems = pool_problems(product)
    return dg.AssetCheckResult(passed=not any(problems.values()), metadata=dict(problems))


@dg.asset_check(asset=planned_replies)
def no_post_is_answered_twice(product: ProductIn) -> dg.AssetCheckResult:
    """No post on X has two replies of ours, and none went to somebody who wants no answer."""
    twice, unwanted = tell_answered_twice(product), unwanted_replies(product)
    return dg.AssetCheckResult(passed=not twice and not unwanted, metadata={"twice": twice, "unwanted": unwanted})
