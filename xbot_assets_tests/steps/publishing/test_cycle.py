"""Publishing through real Chromium: one click at most, and every ending is a state that says so."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr

from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, TransientFailure, UnknownOutcome
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.settings import Settings
from xbot_assets.steps.account.publishing_hold import resume_publishing
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next, publish_wait
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.patience import until
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

FIVE_MINUTES = timedelta(minutes=5)


def queue(product: Product, *texts: str) -> list[int]:
    """Queue posts that are due now."""
    now = product.clock.now()
    posts = [NewPost(text=text, topic="cooking", format="tip", scheduled_at=now) for text in texts]
    return post_store.enqueue_posts(product.database, posts, now)


def statuses(product: Product) -> dict[str, int]:
    """Return how many posts are in each state."""
    return post_store.queue_counts(product.database)


def alert_keys(product: Product) -> set[str]:
    """Return what a person is being told."""
    return {alert.key for alert in open_alerts(product.database)}


def test_a_due_post_appears_once_with_the_id_that_the_site_gave(product: Product, site: Site) -> None:
    """The plain case, down to the sandbox's own ledger."""
    (post_id,) = queue(product, "Salt the water before the pasta, not after.")
    report = publish_next(product)
    assert report.post_id == post_id
    assert report.url == f"{site.url}/{site.handle}/status/{report.x_post_id}"
    assert site.posted("Salt the water before the pasta, not after.") == 1
    assert statuses(product) == {"published": 1}


def test_publishing_goes_on_whatever_the_environment_says_of_proxies(
    product: Product, loop_settings: Callable[..., Settings], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way to the language model is no business of a click."""
    monkeypatch.setenv("ALL_PROXY", "socks4://127.0.0.1:1")
    owner = {"llm": "openai", "openai_api_key": SecretStr("sk-owner"), "openai_base_url": "https://api.example.test/v1"}
    queue(product, "Let the dough rest; time does the kneading.")
    with open_product(loop_settings(**owner), worker="another") as opened:
        assert publish_next(opened).x_post_id is not None
    assert site.posted("Let the dough rest; time does the kneading.") == 1


@pytest.mark.soak
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"overlay": "stuck"}, "The Post button is covered by something that says 'Turn on notifications."),
        ({"overlay": "locked"}, "The editor is covered by something that says 'Turn on notifications."),
        ({"late_button_seconds": 600}, "X did not enable the Post button within 20 s, although the text fits"),
    ],
    ids=["a banner", "a sheet", "a late button"],
)
def test_a_button_out_of_reach_is_told_by_name_and_the_post_goes_out_once_when_it_is_free(
    loop_settings: Callable[..., Settings], site: Site, fault: dict[str, object], told: str
) -> None:
    """The breaker's alert says what it was; the post waits, and is on the ledger once in the end."""
    settings = loop_settings(breaker_failures=1, breaker_reset_seconds=1, breaker_successes=1)
    start_clock(settings, owns_site=True)
    with open_product(settings, worker="test") as product:
        text = f"Rinse the rice until the water is clear: {sorted(fault.items())}."
        queue(product, text)
        site.set_faults(**fault)
        with pytest.raises(TransientFailure, match="nothing was clicked"):
            publish_next(product)
        assert statuses(product) == {"queued": 1}
        (alert,) = (alert for alert in open_alerts(product.database) if alert.key == "breaker_open:publishing")
        assert told in alert.reason
        site.set_faults()
        later(product)
        until(lambda: publish_next(product).x_post_id is not None, "the breaker lets a probe through")
        assert (statuses(product), site.posted(text)) == ({"published": 1}, 1)


def test_two_due_posts_are_five_minutes_apart(product: Product) -> None:
    """A backlog is spread, never burst, and never dropped."""
    queue(product, "First of two, about rye.", "Second of two, about oats.")
    assert publish_next(product).x_post_id is not None
    assert publish_next(product).post_id is None
    assert publish_wait(product) is not None
    later(product)
    assert publish_wait(product) is None
    assert publish_next(product).x_post_id is not None
    assert statuses(product) == {"published": 2}


def test_a_click_without_an_answer_is_looked_up_and_not_repeated(product: Product, site: Site) -> None:
    """The site stored the post and dropped the connection: the worst moment to guess."""
    text = "Toast the spices first; the pan does the work."
    queue(product, text)
    site.set_faults(drop_after_commit=True)
    with pytest.raises(UnknownOutcome):
        publish_next(product)
    assert statuses(product) == {"unconfirmed": 1}
    assert any(key.startswith("unconfirmed_post:") for key in alert_keys(product))
    site.set_faults()
    later(product)
    report = publish_next(product)
    assert len(report.confirmed) == 1
    assert statuses(product) == {"published": 1}
    assert site.posted(text) == 1
    assert not alert_keys(product)


def test_a_worker_that_died_after_arming_leaves_an_unconfirmed_post_that_is_never_posted_again(
    loop_settings: Callable[..., Settings], product: Product, site: Site
) -> None:
    """It may have clicked. Three looks say no; then a person decides, where nothing is queued again by itself."""
    text = "A worker died before this one reached the site."
    queue(product, text)
    lease = timedelta(milliseconds=300)
    claim = take_post(product.database, open_limits(), product.clock.now(), worker="dead", lease=lease)
    assert claim is not None
    assert post_store.arm_post(product.database, claim, product.clock.now())
    while not post_store.expire_leases(product.database, product.clock.now()):
        pass
    with open_product(loop_settings(requeue_unconfirmed=False), worker="strict") as strict:
        for _ in range(strict.settings.recovery_looks_max):
            assert publish_wait(strict) is None
            assert publish_next(strict).x_post_id is None
            later(strict)
        assert publish_wait(strict) is not None
    assert statuses(product) == {"unconfirmed": 1}
    assert site.posted(text) == 0
    assert any(key.startswith("unconfirmed_post:") for key in alert_keys(product))


def test_not_being_able_to_look_is_not_an_answer(product: Product, site: Site) -> None:
    """A timeline that did not load must not count as "not there"."""
    text = "Posted, and then the site went away."
    queue(product, text)
    site.set_faults(drop_after_commit=True)
    with pytest.raises(UnknownOutcome):
        publish_next(product)
    site.set_faults(down=True)
    later(product)
    with pytest.raises(TransientFailure):
        publish_next(product)
    (row,) = post_store.unconfirmed_posts(product.database)
    assert row.looks == 0


def test_a_refused_post_fails_with_the_reason_and_is_not_tried_again(product: Product, site: Site) -> None:
    """186 is about this post: the next one has nothing to fear."""
    text = "This one is refused by the site."
    queue(product, text)
    site.set_faults(create_error=186)
    with pytest.raises(PermanentFailure):
        publish_next(product)
    assert statuses(product) == {"failed": 1}
    assert len(alert_keys(product)) == 1
    site.set_faults()
    later(product)
    assert publish_next(product).post_id is None
    assert site.posted(text) == 0


def test_a_site_that_is_down_puts_the_post_back_in_the_queue(product: Product, site: Site) -> None:
    """Before the click nothing has happened, and the next cycle publishes it."""
    text = "Waiting out an outage with patience and soup."
    queue(product, text)
    site.set_faults(down=True)
    with pytest.raises(TransientFailure):
        publish_next(product, retried_at_once=lambda _: True)
    assert publish_wait(product) is None
    with pytest.raises(TransientFailure):
        publish_next(product)
    assert statuses(product) == {"queued": 1}
    assert publish_wait(product) is not None, "an outage is not hammered"
    site.set_faults()
    later(product)
    assert publish_next(product).x_post_id is not None
    assert site.posted(text) == 1


@pytest.mark.parametrize("fault", [{"create_error": 226}, {"locked": True}, {"suspended": True}])
def test_trouble_with_the_account_holds_everything_until_a_person_resumes_it(
    product: Product, site: Site, fault: dict[str, object]
) -> None:
    """The post is not at fault and stays queued; nothing more is sent to a site that has had enough."""
    text = f"Held back by {next(iter(fault))}, then posted."
    queue(product, text)
    site.set_faults(**fault)
    with pytest.raises(PermanentFailure):
        publish_next(product)
    assert statuses(product) == {"queued": 1}
    site.set_faults()
    later(product)
    assert publish_next(product).post_id is None
    assert "on hold" in str(publish_wait(product))
    assert len(resume_publishing(product.database, "owner", product.clock.now())) == 1
    assert publish_next(product).x_post_id is not None
    assert site.posted(text) == 1


def test_the_site_s_daily_limit_makes_the_post_wait_for_hours(product: Product, site: Site) -> None:
    """344 passes by itself: nothing is lost, and nothing is tried every few seconds."""
    queue(product, "Over the day's limit, and in no hurry.")
    site.set_faults(create_error=344)
    with pytest.raises(BudgetFailure):
        publish_next(product)
    site.set_faults()
    later(product, timedelta(minutes=60))
    assert publish_wait(product) is not None
    later(product, timedelta(minutes=product.settings.limit_pause_minutes))
    assert publish_next(product).x_post_id is not None


def test_shadow_mode_records_the_post_and_sends_nothing(
    loop_settings: Callable[..., Settings], product: Product, site: Site
) -> None:
    """Everything but the click."""
    text = "Written in the shadow, never sent."
    queue(product, text)
    with open_product(loop_settings(mode="shadow"), worker="shadow") as shadow:
        report = publish_next(shadow)
    assert report.shadow
    assert statuses(product) == {"shadowed": 1}
    assert site.posted(text) == 0
