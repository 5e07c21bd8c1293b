"""What X says of the account decides whether a live account may publish; nothing need be set by hand."""

from collections.abc import Callable
from datetime import timedelta

from xbot_assets.domain.posts.post import NewPost
from xbot_assets.settings import Settings
from xbot_assets.steps.metrics.readings import measure_account
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets_tests.steps.site import Site

TEXT = "Published as soon as X has said how old the account is, and that it is labelled."


def queue(product: Product) -> None:
    """Queue a post that is due now."""
    now = product.clock.now()
    enqueue_posts(product.database, [NewPost(text=TEXT, topic="cooking", format="tip", scheduled_at=now)], now)


def test_a_live_account_publishes_once_x_itself_has_told_its_age_and_its_label(
    product: Product, loop_settings: Callable[..., Settings], site: Site
) -> None:
    """Before the profile was read the rules refuse; without the label on X they refuse again, and say so."""
    queue(product)
    with open_product(loop_settings(mode="live"), worker="live") as live:
        assert "not known that the account carries" in str(publish_wait(live))
        assert publish_next(live).post_id is None
        site.set_faults(unlabelled=True)
        unlabelled = measure_account(live)
        assert unlabelled is not None
        assert unlabelled.labelled_automated is False
        assert "does not carry" in str(publish_wait(live))
        site.set_faults()
        profile = measure_account(live)
        assert profile is not None
        assert profile.created_at is not None
        age = live.clock.now() - profile.created_at
        assert publish_wait(live) is None
        too_young = live.settings.model_copy(update={"account_age_days_min": age.days + 1})
        with open_product(too_young, worker="too young") as refused:
            assert "younger" in str(publish_wait(refused))
        assert publish_next(live).x_post_id is not None
    assert age > timedelta(days=300)
    assert site.posted(TEXT) == 1
