"""Threads through real Chromium: one chain on the site in the end, each text once, whatever came in between."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from xbot_assets.domain.alerts.publishing import BROKEN_THREAD
from xbot_assets.domain.failures import PermanentFailure, TransientFailure, UnknownOutcome
from xbot_assets.domain.posts.images import post_image
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.settings import Settings
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import (
    publish_next,
    publish_operation,
    publish_wait,
    take_from_dead_worker,
)
from xbot_assets.steps.publishing.threads import publish_due
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing import approvals, posts, threads
from xbot_assets.store.publishing.admission import take
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.pictures import png
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

SPACING = timedelta(seconds=0.5)
KILLED = "killed"
SPAWN = multiprocessing.get_context("spawn")
AS_SHIPPED = {"rate_start_per_hour": 1.0, "posts_per_hour_max": 2}
"""The pace that would hold the third segment back, were it a post of its own."""


@pytest.fixture
def product(loop_settings: Callable[..., Settings], site: Site) -> Iterator[Product]:
    """A product whose segments follow each other fast, with the pace of a new account."""
    site.set_faults()
    settings = loop_settings(thread_segment_seconds=SPACING.total_seconds(), **AS_SHIPPED)
    start_clock(settings, owns_site=True)
    with open_product(settings, worker="test") as opened:
        yield opened
    site.set_faults()


def queue_thread(product: Product, *texts: str) -> list[int]:
    """Queue a thread that is due now."""
    now = product.clock.now()
    segments = [NewPost(text=text, topic="cooking", format="tip", scheduled_at=now) for text in texts]
    return threads.enqueue_thread(product.database, segments, now, daily_cap=24)


def publish_one_and_die_with_the_next(settings: Settings) -> None:
    """Be a worker that is killed between the claim of a segment and its click."""
    with open_product(settings, worker=KILLED) as product:
        publish_next(product)
        later(product, SPACING)
        take(product.database, product.account.admission, lease=settings.lease)
        os.kill(os.getpid(), signal.SIGKILL)


def chain(site: Site, texts: list[str]) -> list[str]:
    """Return the texts in the order in which the site has them below each other, each as often as it is there."""
    made = [post for post in site.ledger() if post["text"] in texts]
    ids = {post["id"] for post in made}
    assert [post["text"] for post in made if post["in_reply_to"] not in ids] == texts[:1]
    order, answers = made[:1], made[:1]
    while answers:
        answers = [post for post in made if post["in_reply_to"] == order[-1]["id"]]
        order += answers
    assert len(order) == len(made)
    return [post["text"] for post in order]


def test_a_thread_that_is_interrupted_twice_ends_as_one_chain_with_each_text_once(product: Product, site: Site) -> None:
    """A worker is killed with the second segment in hand, the site is away, and the third's answer is lost."""
    texts = [f"Segment {n} of a thread about sourdough." for n in ("one", "two", "three", "four")]
    ids = queue_thread(product, *texts)
    killed = SPAWN.Process(target=publish_one_and_die_with_the_next, args=(product.settings,))
    killed.start()
    killed.join(PATIENCE)
    assert killed.exitcode == -signal.SIGKILL
    assert posts.queue_counts(product.database) == {"published": 1, "claimed": 1, "queued": 2}
    take_from_dead_worker(product, lambda worker: worker == KILLED)
    site.set_faults(down=True)
    with pytest.raises(TransientFailure):
        publish_due(product, retried_at_once=lambda _: True)
    site.set_faults()
    assert publish_wait(product) is None, "a thread that was begun is noticed"
    assert publish_next(product).place == "thread 2/4"
    later(product, SPACING)
    site.set_faults(drop_after_commit=True)
    with pytest.raises(UnknownOutcome):
        publish_due(product)
    site.set_faults()
    assert posts.queue_counts(product.database) == {"published": 2, "unconfirmed": 1, "queued": 1}
    later(product)
    (report,) = publish_due(product)
    assert (report.confirmed, report.place) == ((ids[2],), "thread 4/4")
    assert chain(site, texts) == texts
    assert posts.queue_counts(product.database) == {"published": 4}


def test_one_cycle_publishes_a_whole_thread_and_counts_it_once(product: Product, site: Site) -> None:
    """Then the next post waits for the rate as after any post."""
    texts = [f"Part {n} about rye starters." for n in ("one", "two", "three")]
    queue_thread(product, *texts)
    reports = publish_due(product)
    assert [report.place for report in reports] == ["thread 1/3", "thread 2/3", "thread 3/3"]
    assert chain(site, texts) == texts


def test_shadow_mode_records_a_whole_thread_and_posts_nothing(
    loop_settings: Callable[..., Settings], product: Product, site: Site
) -> None:
    """There is nothing on the site to put the second segment below, and it is typed all the same."""
    texts = ["A recorded thread.", "And its second part."]
    queue_thread(product, *texts)
    with open_product(loop_settings(mode="shadow", thread_segment_seconds=0.5), worker="shadow") as shadow:
        assert [report.shadow for report in publish_due(shadow)] == [True, True]
    assert posts.queue_counts(product.database) == {"shadowed": 2}
    assert [site.posted(text) for text in texts] == [0, 0]


def test_a_refused_segment_gives_the_rest_to_a_person_in_the_next_cycle(product: Product, site: Site) -> None:
    """Who rejects it, and the alert ends."""
    ids = queue_thread(product, "A thread that breaks.", "Its refused segment.", "Its end.")
    publish_next(product)
    later(product, SPACING)
    site.set_faults(create_error=186)
    with pytest.raises(PermanentFailure):
        publish_due(product)
    site.set_faults()
    assert publish_wait(product) is None, "there is something to do"
    assert publish_due(product)[0].post_id is None
    assert posts.queue_counts(product.database) == {"published": 1, "failed": 1, "held": 1}
    assert BROKEN_THREAD.key_of(thread_id=ids[0]) in {alert.key for alert in open_alerts(product.database)}
    owner = approvals.Decider("anna", product.clock.now(), "written anew")
    approvals.reject_post(product.database, ids[2], owner)
    assert BROKEN_THREAD.key_of(thread_id=ids[0]) not in {alert.key for alert in open_alerts(product.database)}


def test_a_post_s_images_travel_to_the_browser_whole_and_in_order(product: Product) -> None:
    """With their alternative texts, from the database and not from a file."""
    now = product.clock.now()
    shown = tuple(post_image(f"{name}.png", png(grey), name) for grey, name in enumerate(("first", "second")))
    post = NewPost(text="Two pictures.", topic="c", format="tip", scheduled_at=now, images=shown)
    posts.enqueue_posts(product.database, [post], now)
    claim = take_post(product.database, open_limits(), now)
    assert claim is not None
    images = publish_operation(product, claim).images
    assert [(image.data, image.alt_text) for image in images] == [(one.content, one.alt_text) for one in shown]
