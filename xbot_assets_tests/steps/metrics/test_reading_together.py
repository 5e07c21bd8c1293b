"""Own posts that went out at any minute come to be read together, from the lists that show them, on the sandbox."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement.inbound import harvest_inbound
from xbot_assets.steps.engagement.replies import plan_replies
from xbot_assets.steps.metrics.readings import measure_posts, posts_due
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets.x.operations import AnswerT, Operation, ReadOwnTimeline, ReadPosts
from xbot_assets.x.port import XPort
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

SIX = timedelta(minutes=6)
TEXTS = ("Peas want cool feet.", "Beans climb what they touch.", "Leeks like to be left alone.")


class Noted:
    """A way to X that notes what is asked."""

    def __init__(self, way: XPort) -> None:
        self.asked: list[Operation[Any]] = []
        self._way = way

    def run(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> AnswerT:
        """Note it and carry it out."""
        self.asked.append(operation)
        return self._way.run(operation, lane=lane, deadline_seconds=deadline_seconds)


def read_as_they_go_out(product: Product, queue: Callable[[], object]) -> list[Operation[Any]]:
    """Publish three posts six minutes apart and read each at once; then read on when the first is due again.

    Return what was asked for the latter.
    """
    queue()
    noted = Noted(product.x)
    watched = replace(product, x=noted)
    for _ in TEXTS:
        assert publish_next(product).x_post_id is not None
        assert len(measure_posts(watched).read) == 1
        later(product, SIX)
    assert {type(asked) for asked in noted.asked} == {ReadPosts}
    noted.asked.clear()
    later(product, SIX)
    assert len(posts_due(product)) == 1
    assert len(measure_posts(watched).read) == len(TEXTS)
    later(product, 3 * SIX)
    assert posts_due(product) == []
    return noted.asked


def test_posts_whose_turn_is_near_are_read_with_the_one_that_is_due(product: Product, site: Site) -> None:
    """One look at the list of posts; afterwards all are due at the same time."""
    site.begin_anew()
    now = product.clock.now()
    posts = [NewPost(text=text, topic="gardening", format="tip", scheduled_at=now) for text in TEXTS]
    (asked,) = read_as_they_go_out(product, lambda: enqueue_posts(product.database, posts, now))
    assert isinstance(asked, ReadOwnTimeline)
    assert not asked.with_replies


@pytest.fixture
def brisk(product: Product, loop_settings: Callable[..., Settings]) -> Iterator[Product]:
    """A product whose replies may follow one another as its posts may."""
    del product  # whose clock and cache this one shares
    with open_product(loop_settings(replies_per_hour_max=60), worker="test") as opened:
        yield opened


@pytest.mark.parametrize("tabs", ["split", "joined"])
def test_answers_are_read_together_from_the_list_that_has_them(brisk: Product, site: Site, tabs: str) -> None:
    """Whether X keeps them in a list of their own or not."""
    site.begin_anew()
    site.set_faults(tabs=tabs)
    for number, soil in enumerate(("clay", "sand", "peat")):
        site.plant(f"asker_{number}", f"@{site.handle} how do you keep {soil} from drying out?")
    harvest_inbound(brisk)
    (asked,) = read_as_they_go_out(brisk, lambda: plan_replies(brisk))
    assert isinstance(asked, ReadOwnTimeline)
    assert asked.with_replies
