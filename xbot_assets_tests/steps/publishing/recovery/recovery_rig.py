"""Posts as a dead worker or the owner's own hand leaves them, and what a person is told of them."""

from datetime import timedelta

from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.operations import Publish
from xbot_assets_tests.steps.conftest import HANDLE

QUARTER = timedelta(minutes=15)
TEN_MINUTES = timedelta(minutes=10)


def queue(product: Product, text: str, answers: str | None = None) -> int:
    """Queue a post that is due now, or an answer to one of the account's own."""
    now = product.clock.now()
    reply = {"reply_to_x_id": answers, "reply_to_handle": HANDLE if answers else None}
    post = NewPost(text=text, topic="cooking", format="tip", scheduled_at=now, **reply)
    return post_store.enqueue_posts(product.database, [post], now)[0]


def die_before_the_click(product: Product, text: str, answers: str | None = None) -> int:
    """Leave a post as a worker does that dies after it has noted its intent."""
    queue(product, text, answers)
    now = product.clock.now()
    claim = take_post(product.database, open_limits(), now, worker="dead", lease=timedelta(hours=1))
    assert claim is not None
    assert post_store.arm_post(product.database, claim, product.clock.now())
    post_store.expire_leases(product.database, product.clock.now(), dead="dead")
    return claim.id


def by_hand(product: Product, text: str, answers: str | None = None) -> str:
    """Post as the owner does, past the queue; return X's id."""
    posted = product.x.run(Publish(text=text, in_reply_to=answers), lane=Lane.CRITICAL, deadline_seconds=PATIENCE)
    return posted.post_id or ""


def status_of(product: Product, post_id: int) -> str:
    """Return the state of a post."""
    return next(str(row.status) for row in post_store.recent_posts(product.database, 50) if row.id == post_id)


def alert_keys(product: Product) -> set[str]:
    """Return what a person is being told."""
    return {alert.key for alert in open_alerts(product.database)}
