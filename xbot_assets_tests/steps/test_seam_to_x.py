"""Another way to X stands behind the port, and no step knows the difference."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from xbot_assets.domain.failures import PermanentFailure, UnknownOutcome
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.steps.recorded_x import RecordedX
from xbot_assets.store.operations.browser_operations import newest_operations
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.x.account_state import AccountState
from xbot_assets_tests.steps.api_backend import ApiBackend
from xbot_assets_tests.steps.site import Site


@pytest.fixture
def by_api(product: Product, site: Site) -> Iterator[Product]:
    """The product with an API behind its port."""
    with closing(ApiBackend.logged_in(site)) as backend:
        yield replace(product, x=RecordedX(backend, product.database, run_id=product.worker))


def queue(product: Product, text: str) -> None:
    """Queue a post that is due now."""
    now = product.clock.now()
    post_store.enqueue_posts(product.database, [NewPost(text=text, topic="c", format="tip", scheduled_at=now)], now)


def test_a_cycle_publishes_through_an_api_as_it_does_through_the_browser(by_api: Product, site: Site) -> None:
    """The post is claimed, armed, submitted once and confirmed by X's own id, and the operation has its record."""
    text = "Rest the dough overnight; the flavour comes for free."
    queue(by_api, text)
    report = publish_next(by_api)
    assert report.url == f"{site.url}/{site.handle}/status/{report.x_post_id}"
    assert site.posted(text) == 1
    assert post_store.queue_counts(by_api.database) == {"published": 1}
    (record,) = newest_operations(by_api.database, 9)
    assert (record.kind, record.outcome, record.slot) == ("publish", "ok", None)
    assert record.started_at is not None


def test_trouble_that_an_api_finds_with_the_account_holds_publishing(by_api: Product, site: Site) -> None:
    """The account's states are the port's words, so the hold is the same."""
    queue(by_api, "Locked out of the pantry.")
    site.set_faults(create_error=326)
    with pytest.raises(PermanentFailure) as caught:
        publish_next(by_api)
    assert caught.value.code is AccountState.LOCKED.failure_code
    assert by_api.account.hold_reason is not None
    assert post_store.queue_counts(by_api.database) == {"queued": 1}


def test_an_api_that_does_not_answer_leaves_a_post_unconfirmed(by_api: Product, site: Site) -> None:
    """The connection broke after the post was stored: it is looked for, not repeated."""
    text = "Cold butter makes flaky pastry."
    queue(by_api, text)
    site.set_faults(drop_after_commit=True)
    with pytest.raises(UnknownOutcome):
        publish_next(by_api)
    assert post_store.queue_counts(by_api.database) == {"unconfirmed": 1}
    assert site.posted(text) == 1
