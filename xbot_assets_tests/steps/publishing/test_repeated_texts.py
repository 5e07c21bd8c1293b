"""A text that the account has posted before, queued again: X refuses it, and it must not stop anything else."""

import contextlib

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.publishing.posts import enqueue_posts, recent_posts
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

REPEATED, NEXT = "Oil the pan, not the onions.", "Let the dough rest; so can you."
LOOKS = 4


def test_a_text_that_was_posted_before_is_not_taken_for_the_new_row_and_blocks_no_other_post(
    product: Product, site: Site
) -> None:
    """X's refusal 187 names no post: the one on the timeline belongs to the first row already."""
    for text in (REPEATED, REPEATED, NEXT):
        now = product.clock.now()
        enqueue_posts(product.database, [NewPost(text=text, topic="t", format="f", scheduled_at=now)], now)
        with contextlib.suppress(ProductError):
            publish_next(product)
        later(product)
    assert site.posted(NEXT) == 1
    for _ in range(LOOKS):
        publish_next(product)
        later(product)
    states = {(row.text, row.status) for row in recent_posts(product.database, 3)}
    assert {(REPEATED, "published"), (NEXT, "published")} < states
    assert site.posted(REPEATED) == 1
