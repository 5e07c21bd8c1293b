"""A browser operation's outcome is what the host answered, whether or not its record could be stored."""

import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.operations import browser_operations as operation_store
from xbot_assets.store.publishing import posts as post_store
from xbot_assets_tests.steps.site import Site


def test_a_database_lost_after_the_click_does_not_send_the_post_back_to_the_queue(
    product: Product, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site has the post; the record of the operation could not be written: that is no reason to post again."""
    text = "Bread keeps best in a drawer, not in the fridge."
    now = product.clock.now()
    post_store.enqueue_posts(product.database, [NewPost(text=text, topic="c", format="tip", scheduled_at=now)], now)

    def lost(*_: object, **__: object) -> None:
        raise TransientFailure("The database does not answer.", code=FailureCode.DATABASE_UNREACHABLE)

    monkeypatch.setattr(operation_store, "end_operation", lost)
    assert publish_next(product).x_post_id is not None
    assert site.posted(text) == 1
    assert post_store.queue_counts(product.database) == {"published": 1}
