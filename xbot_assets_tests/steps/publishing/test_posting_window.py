"""Posting windows: reading waits for a post that is about to go out, and for nothing else."""

from datetime import timedelta

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.account.publishing_hold import hold_publishing
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.posting_window import posting_window
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.admission import open_limits, take_post

HALF_A_MINUTE = timedelta(seconds=30)
AN_HOUR = timedelta(hours=1)


def queue(product: Product, due_in: timedelta) -> None:
    """Queue one post."""
    now = product.clock.now()
    post = NewPost(text=f"Due in {due_in}.", topic="cooking", format="tip", scheduled_at=now + due_in)
    post_store.enqueue_posts(product.database, [post], now)


def test_a_post_about_to_be_due_opens_the_window(product: Product) -> None:
    """Reading that starts now would still run when the post is due."""
    queue(product, HALF_A_MINUTE)
    assert posting_window(product) is not None


def test_a_post_of_later_does_not(product: Product) -> None:
    """An hour is time enough to read."""
    queue(product, AN_HOUR)
    assert posting_window(product) is None


def test_a_post_that_is_long_overdue_does_not_starve_the_reading(product: Product) -> None:
    """It waits for something else, and reading need not wait with it."""
    queue(product, -AN_HOUR)
    assert posting_window(product) is None


def test_while_publishing_is_on_hold_there_is_no_window(product: Product) -> None:
    """Nothing goes out, so nothing has to make room."""
    queue(product, HALF_A_MINUTE)
    locked = PermanentFailure("X has locked the account.", code=FailureCode.LOCKED)
    with product.database.transaction() as transaction:
        hold_publishing(transaction, locked, product.clock.now())
    assert posting_window(product) is None


def test_the_window_is_open_while_a_post_is_in_hand(product: Product) -> None:
    """From the claim until it is settled."""
    queue(product, timedelta(0))
    now = product.clock.now()
    assert take_post(product.database, open_limits(), now, lease=AN_HOUR)
    assert posting_window(product) is not None
