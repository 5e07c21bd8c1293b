"""What must hold of engagements, opportunities and replies, asked of the stored rows."""

from xbot_assets.domain.alerts.engagement import ANSWERED_TWICE
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engagement import suggestions as suggestion_store
from xbot_assets.store.engagement.opportunities import PoolProblems


def evidence_problems(product: Product) -> int:
    """Return how many engagements lack a post or lie in the future."""
    return opportunity_store.engagements_without_evidence(product.database, product.clock.now())


def pool_problems(product: Product) -> dict[str, int]:
    """Return how many open opportunities break each rule of the pool."""
    now, own = product.clock.now(), product.account.handle
    problems = opportunity_store.pool_problems(product.database, now, own) or PoolProblems(0, 0, 0, 0)
    beyond = max(0, problems.open_posts - product.settings.opportunities_max)
    return {
        "beyond_size": beyond,
        "own": problems.own,
        "without_text": problems.without_text,
        "falling": problems.falling,
    }


def tell_answered_twice(product: Product) -> int:
    """Return how many posts on X have two replies of ours, and tell a person of each."""
    twice = suggestion_store.answered_twice(product.database)
    for one in twice:
        alert(
            product.database,
            ANSWERED_TWICE,
            now=product.clock.now(),
            x_post_id=one.reply_to_x_id,
            replies=one.replies,
        )
    return len(twice)


def unwanted_replies(product: Product) -> int:
    """Return how many replies went out to somebody after it was noted that they want none."""
    return suggestion_store.unwanted_replies(product.database)
