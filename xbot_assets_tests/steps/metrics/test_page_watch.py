"""X's page changes, on the sandbox: reading stops and says so once, posting goes on, and reading comes back."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
import pytest

from xbot_assets.domain.alerts.metrics import METRICS_UNREADABLE
from xbot_assets.domain.alerts.publishing import BREAKER_OPEN
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.settings import Settings
from xbot_assets.steps.content.planning import PlannedPost, plan_posts
from xbot_assets.steps.metrics.page_watch import PROFILE, READING, profile_wait, reading_wait
from xbot_assets.steps.metrics.readings import MeasureReport, measure_account, measure_posts
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.metrics.evidence import evidence, newest_evidence
from xbot_assets.store.metrics.readings import last_account_reading, newest_batches, quarantined_readings, readings_of
from xbot_assets.store.publishing.breaker import breaker_state
from xbot_assets.testing.patience import until
from xbot_assets.testing.servers import empty_cache
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

HALF_AN_HOUR = timedelta(minutes=30)
UNREADABLE, OPEN = METRICS_UNREADABLE.key_of(), BREAKER_OPEN.key_of(breaker=READING)
PROFILE_OPEN = BREAKER_OPEN.key_of(breaker=PROFILE)


@pytest.fixture
def quick(loop_settings: Callable[..., Settings], site: Site) -> Iterator[Product]:
    """A product whose breakers probe after a second, and close after two good probes."""
    site.set_faults()
    settings = loop_settings(breaker_reset_seconds=1, breaker_successes=2)
    start_clock(settings, owns_site=True)
    with open_product(settings, worker="test") as opened:
        empty_cache(settings)
        yield opened
    site.set_faults()


def read_later(product: Product) -> MeasureReport:
    """Read what is due half an hour later."""
    later(product, HALF_AN_HOUR)
    return measure_posts(product)


def alerts(product: Product) -> set[str]:
    """Return the keys of the open alerts about reading."""
    return {alert.key for alert in open_alerts(product.database)} & {UNREADABLE, OPEN}


def publish(product: Product, post: PlannedPost) -> None:
    """Publish a planned post."""
    later(product, max(timedelta(minutes=6), post.scheduled_at - product.clock.now()))
    assert publish_next(product).post_id == post.id


def test_a_changed_page_stops_reading_within_two_operations_and_nothing_else(quick: Product, site: Site) -> None:
    """Nothing wrong is stored, the page is kept, one alert names what broke, posts go out, and probes find it well."""
    first, second, *_ = plan_posts(quick, np.random.default_rng(7)).posts
    publish(quick, first)
    assert len(measure_posts(quick).read) == 1
    kept = readings_of(quick.database, first.id)

    site.set_faults(counts_hidden=True)
    assert read_later(quick).read == ()
    assert alerts(quick) == {UNREADABLE}
    assert read_later(quick).read == ()
    assert alerts(quick) == {OPEN}
    seen = breaker_state(quick.database, READING)
    assert seen.state == "open"
    assert "1 of 1 posts could not be read" in seen.reason
    assert "xbot evidence" in seen.reason
    page = evidence(quick.database, newest_evidence(quick.database, 1)[0].id)
    assert page is not None
    assert "<article" in page.outline
    assert readings_of(quick.database, first.id) == kept
    assert breaker_state(quick.database).state == "closed"

    site.set_faults()
    publish(quick, second)
    assert breaker_state(quick.database, READING).state == "open"
    until(lambda: reading_wait(quick) is None, "the breaker lets a probe through")
    assert read_later(quick).read
    assert read_later(quick).read
    assert breaker_state(quick.database, READING).state == "closed"
    assert alerts(quick) == set()


def test_while_reading_is_stopped_nothing_is_asked_of_x_and_a_failed_probe_keeps_it_so(
    quick: Product, site: Site
) -> None:
    """The probe's page is kept once in six hours only, however often it is probed."""
    publish(quick, plan_posts(quick, np.random.default_rng(7)).posts[0])
    measure_posts(quick)
    site.set_faults(counts_hidden=True)
    read_later(quick)
    read_later(quick)
    batches = len(newest_batches(quick.database, 99))
    if reading_wait(quick):
        assert measure_posts(quick).wait
        assert len(newest_batches(quick.database, 99)) == batches
    for _ in range(2):
        until(lambda: reading_wait(quick) is None, "the breaker lets a probe through")
        assert read_later(quick).read == ()
        assert breaker_state(quick.database, READING).state == "open"
    assert len(newest_evidence(quick.database, 99)) == 2
    assert [batch.changed for batch in newest_batches(quick.database, 9)] == [True, True, True, True, False]


def test_page_and_data_of_every_post_are_compared(quick: Product) -> None:
    """The sandbox's pages show what its data tell."""
    publish(quick, plan_posts(quick, np.random.default_rng(7)).posts[0])
    later(quick, timedelta(hours=2))
    measure_posts(quick)
    (batch,) = newest_batches(quick.database, 9)
    assert (batch.looked, batch.unparsed, batch.compared, batch.disagreed) == (1, 0, 1, 0)
    assert quarantined_readings(quick.database, 9) == []


def test_a_changed_profile_stops_its_own_reading_within_two_operations_and_posts_are_read_on(
    quick: Product, site: Site
) -> None:
    """The page is kept, nothing is stored and nothing asked until a probe; one that reads all ends it."""
    publish(quick, plan_posts(quick, np.random.default_rng(7)).posts[0])
    assert measure_account(quick) is not None
    before = last_account_reading(quick.database, quick.settings.handle)

    site.set_faults(counts_hidden=True)
    for _ in range(2):
        later(quick, 2 * HALF_AN_HOUR)
        with pytest.raises(PermanentFailure, match="followers, following, posts"):
            measure_account(quick)
    seen = breaker_state(quick.database, PROFILE)
    assert seen.state == "open"
    assert "xbot evidence" in seen.reason
    assert PROFILE_OPEN in {alert.key for alert in open_alerts(quick.database)}
    page = evidence(quick.database, newest_evidence(quick.database, 1)[0].id)
    assert page is not None
    assert (page.operation, page.path) == ("ReadProfile", f"/{quick.account.handle}")
    if profile_wait(quick):
        assert measure_account(quick) is None
    assert last_account_reading(quick.database, quick.settings.handle) == before

    site.set_faults()
    assert breaker_state(quick.database, READING).state == "closed"
    assert read_later(quick).read
    until(lambda: profile_wait(quick) is None, "the breaker lets a probe through")
    assert measure_account(quick) is not None
    assert breaker_state(quick.database, PROFILE).state == "closed"
    assert PROFILE_OPEN not in {alert.key for alert in open_alerts(quick.database)}
