"""Workers that plan and publish replies are killed at random: no post is answered twice, none is lost in silence."""

from collections import Counter
from collections.abc import Callable

import pytest

from xbot_assets.domain.lanes import Lane
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.checking import tell_answered_twice, unwanted_replies
from xbot_assets.steps.engagement.inbound import harvest_inbound
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.publishing.posts import queue_counts
from xbot_assets.testing.reply_kills import ASKERS, MANY_REPLIES, finish, kill_workers, question
from xbot_assets.x.operations import Publish
from xbot_assets_tests.steps.site import Site

KILLS = 100


@pytest.mark.soak
def test_random_kills_never_make_two_replies(
    product: Product, loop_settings: Callable[..., Settings], site: Site
) -> None:
    """A hundred kills over forty questions; at the end the site's own ledger and the queue are asked."""
    site.begin_anew()
    own = product.x.run(Publish(text="A word to begin with."), lane=Lane.CRITICAL, deadline_seconds=60).post_id
    for number in range(ASKERS):
        site.plant(f"asker_{number}", question(number), in_reply_to=own)
    settings = loop_settings(**MANY_REPLIES)
    harvest_inbound(product)
    kill_workers(settings, product, KILLS, seed=11)
    with open_product(settings, worker="the last") as survivor:
        assert finish(survivor)
        answered = Counter(post["in_reply_to"] for post in site.ledger() if post["in_reply_to"])
        assert max(answered.values(), default=0) == 1
        assert (tell_answered_twice(survivor), unwanted_replies(survivor)) == (0, 0)
        assert len(answered) == queue_counts(survivor.database).get("published", 0)
