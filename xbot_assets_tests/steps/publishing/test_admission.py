"""The pace and the breaker before publishing, through real Chromium: nothing goes that they hold back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing.breaker import breaker_state
from xbot_assets.testing.patience import until
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.publishing.test_cycle import queue
from xbot_assets_tests.steps.site import Site

NEW_ACCOUNT = {"rate_start_per_hour": 1.0, "posts_per_hour_max": 2}


@contextmanager
def pace_of_a_new_account(
    loop_settings: Callable[..., Settings],
    site: Site,
    **more: Any,  # noqa: ANN401 - any setting
) -> Iterator[Product]:
    """Open a product with the pace as it is shipped."""
    site.set_faults()
    settings = loop_settings(**{**NEW_ACCOUNT, **more})
    start_clock(settings, owns_site=True)
    with open_product(settings, worker="test") as opened:
        yield opened
    site.set_faults()


def test_the_rate_spreads_posts_beyond_their_spacing(loop_settings: Callable[..., Settings], site: Site) -> None:
    """One an hour to begin with: five minutes after the first the second still waits, and says until when."""
    with pace_of_a_new_account(loop_settings, site) as product:
        queue(product, "One an hour, says the pace.", "The next hour's post waits.")
        assert publish_next(product).x_post_id is not None
        later(product)
        assert "rate is 1.00 an hour" in str(publish_wait(product))
        assert publish_next(product).post_id is None
        later(product, timedelta(hours=1))
        assert publish_next(product).x_post_id is not None


def test_a_rate_limit_by_x_holds_every_post_until_its_time(loop_settings: Callable[..., Settings], site: Site) -> None:
    """X said when; nothing is tried before, whichever post would be next."""
    with pace_of_a_new_account(loop_settings, site) as product:
        queue(product, "Refused for now, about figs.", "Next in line, about dates.")
        site.set_faults(rate_limited=True)
        with pytest.raises(TransientFailure):
            publish_next(product)
        site.set_faults()
        later(product)
        assert "Nothing is published before" in str(publish_wait(product))
        assert publish_next(product).post_id is None


def test_after_failures_in_a_row_one_probe_finds_out_and_a_post_is_not_risked_on_it(
    loop_settings: Callable[..., Settings], site: Site
) -> None:
    """The breaker is open: nothing is tried. After its pause the probe looks, and fails without touching the post."""
    with pace_of_a_new_account(loop_settings, site, breaker_failures=1, breaker_reset_seconds=1) as product:
        (post_id,) = queue(product, "Waits until X is there again.")
        site.set_faults(down=True)
        with pytest.raises(ProductError):
            publish_next(product)
        assert breaker_state(product.database).state == "open"
        until(lambda: not breaker_state(product.database).must_wait, "the breaker's pause is over")
        later(product, timedelta(hours=1))
        with pytest.raises(ProductError):
            publish_next(product)
        assert [row.to_status for row in post_store.post_events(product.database, post_id)].count("claimed") == 1
        site.set_faults()
        until(lambda: not breaker_state(product.database).must_wait, "the breaker's pause is over")
        assert publish_next(product).x_post_id is not None


def test_a_probe_that_finds_the_account_logged_out_holds_publishing(
    loop_settings: Callable[..., Settings], site: Site
) -> None:
    """The way to X works, but not for this account: no post is risked, and one alert says what to do."""
    with pace_of_a_new_account(loop_settings, site, breaker_failures=1, breaker_reset_seconds=1) as product:
        (post_id,) = queue(product, "Waits until somebody is logged in.")
        site.set_faults(down=True)
        with pytest.raises(ProductError):
            publish_next(product)
        until(lambda: not breaker_state(product.database).must_wait, "the breaker's pause is over")
        site.set_faults(logged_out=True)
        later(product, timedelta(hours=1))
        with pytest.raises(PermanentFailure, match="on hold"):
            publish_next(product)
        assert [row.to_status for row in post_store.post_events(product.database, post_id)].count("claimed") == 1
        assert list(product.account.holds) == ["logged_out"]
        assert breaker_state(product.database).probe_holder is None
