"""What the account's own timeline shows of the last days becomes known history, on the sandbox."""

from datetime import timedelta

import numpy as np

from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.metrics.own_history import import_timeline
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.content.gates import judged_against
from xbot_assets.store.metrics.history import imported_x_ids
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site


def test_the_own_posts_of_the_last_days_become_known_once(product: Product, site: Site) -> None:
    """What the product published itself is no history; what the owner wrote is not written again; twice is once."""
    site.begin_anew()
    by_hand = site.plant(site.handle, "Peas want cool feet and warm heads.")
    later(product)
    post = plan_posts(product, np.random.default_rng(7)).posts[0]
    later(product, post.scheduled_at - product.clock.now())
    assert publish_next(product).post_id == post.id
    first, again = import_timeline(product, 90), import_timeline(product, 90)
    assert (first.added, first.known, first.unread) == (1, 0, 0)
    assert (again.added, again.known) == (0, 1)
    assert first.reaches is not None
    assert imported_x_ids(product.database, [by_hand]) == {by_hand}
    since = product.clock.now() - timedelta(days=1)
    assert "Peas want cool feet and warm heads." in judged_against(product.database, since, with_pool=False)


def test_what_is_older_than_asked_for_stays_unknown(product: Product, site: Site) -> None:
    """A day back is a day back."""
    site.begin_anew()
    old = site.plant(site.handle, "Beans climb what they touch.", age_seconds=3 * 86_400)
    young = site.plant(site.handle, "Leeks like to be left alone.")
    later(product)
    assert import_timeline(product, 1).added == 1
    assert imported_x_ids(product.database, [old, young]) == {young}
