"""The followers as the asset about the account shows them: their course, and what of their change goes with posts."""

import dagster as dg

from xbot_assets.defs.plots import Plots
from xbot_assets.defs.tables import table
from xbot_assets.domain.learning.attribution import Attribution
from xbot_assets.steps.metrics.followers import attributed, followers_lately
from xbot_assets.steps.product import Product

POSTS_SHOWN = 10
READINGS_LEAST = 2
Metadata = dict[str, dg.MetadataValue | int | float | bool | None]


def follower_metadata(product: Product, plots: Plots) -> Metadata:
    """Return the metadata; nothing that is not known yet."""
    course = [(one.read_at.replace(tzinfo=None), float(one.followers)) for one in followers_lately(product.account)]
    metadata: Metadata = {}
    if len(course) >= READINGS_LEAST:
        metadata["followers_over_time"] = plots.lines("followers", {"followers": course}, title="Followers (UTC)")
    told = attributed(product.account)
    return metadata if told is None else metadata | _attribution(told)


def _attribution(told: Attribution) -> Metadata:
    per_thousand = told.per_view.times(1000)
    metadata: Metadata = {
        "followers_gained": told.change,
        "followers_a_thousand_views": per_thousand.value,
        "followers_a_thousand_views_low": per_thousand.low,
        "followers_a_thousand_views_high": per_thousand.high,
    }
    if told.share is not None:
        metadata |= {
            "share_with_posts": told.share.value,
            "share_with_posts_low": told.share.low,
            "share_with_posts_high": told.share.high,
        }
    best = sorted(told.posts.items(), key=lambda item: -item[1].value)[:POSTS_SHOWN]
    rows = [{"post_id": post, "followers": one.value, "low": one.low, "high": one.high} for post, one in best]
    return metadata | {"by_post": table(rows, ["post_id", "followers", "low", "high"])}
