"""Unconfirmed posts, over the real host and sandbox: what a look says, and what follows."""

from datetime import timedelta

import pytest

from xbot_assets.domain.alerts.publishing import UNCONFIRMED_POST
from xbot_assets.domain.failures import TransientFailure, UnknownOutcome
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.steps.publishing.reconciliation import compare_timeline
from xbot_assets.steps.publishing.recovery import recover_posts, recovery_wait
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing import posts as post_store
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.publishing.recovery.recovery_rig import (
    QUARTER,
    alert_keys,
    by_hand,
    die_before_the_click,
    queue,
    status_of,
)
from xbot_assets_tests.steps.site import Site


def test_a_post_that_is_surely_not_there_is_queued_once_more_and_published_once(product: Product, tabbed: Site) -> None:
    """Three looks over half an hour all say so."""
    text = "Barley soaked overnight cooks in half the time."
    post_id = die_before_the_click(product, text)
    for _ in range(2):
        assert recovery_wait(product) is None
        assert recover_posts(product).unconfirmed == (post_id,)
        assert recovery_wait(product) is not None
        later(product, QUARTER)
    assert recover_posts(product).requeued == (post_id,)
    assert publish_next(product).post_id == post_id
    assert tabbed.posted(text) == 1
    assert not alert_keys(product)


def test_an_unconfirmed_answer_is_only_found_below_the_post_that_it_answers(product: Product, tabbed: Site) -> None:
    """The same words elsewhere are not it, and no proof either that it is not there."""
    target, elsewhere = by_hand(product, "What do you salt first?"), by_hand(product, "And what last?")
    text = "The water, always the water."
    post_id = queue(product, text, answers=target)
    tabbed.set_faults(drop_after_commit=True)
    with pytest.raises(UnknownOutcome):
        publish_next(product)
    tabbed.set_faults()
    assert recover_posts(product).confirmed == (post_id,)
    other = die_before_the_click(product, "Only at the end.", answers=elsewhere)
    by_hand(product, "Only at the end.", answers=target)
    for _ in range(4):
        assert recover_posts(product).unconfirmed == (other,)
        later(product, QUARTER)
    assert UNCONFIRMED_POST.key_of(post_id=other) in alert_keys(product)


def test_a_timeline_that_cannot_be_read_queues_nothing_again_and_a_person_is_told(
    product: Product, tabbed: Site
) -> None:
    """The post is there; four looks in an hour could not see it."""
    text = "Lentils need no soaking at all."
    post_id = queue(product, text)
    tabbed.set_faults(drop_after_commit=True)
    with pytest.raises(UnknownOutcome):
        publish_next(product)
    tabbed.set_faults(down=True)
    for _ in range(4):
        with pytest.raises(TransientFailure):
            recover_posts(product)
        assert recover_posts(product).unconfirmed == (post_id,), "the next look waits for its turn"
        later(product, QUARTER)
    (unconfirmed,) = post_store.unconfirmed_posts(product.database)
    assert (unconfirmed.looks, unconfirmed.requeues) == (0, 0)
    told = [
        alert.reason for alert in open_alerts(product.database) if alert.key == UNCONFIRMED_POST.key_of(post_id=post_id)
    ]
    assert "could not be looked for" in told[0]
    tabbed.set_faults()
    assert recover_posts(product).confirmed == (post_id,)
    assert tabbed.posted(text) == 1


def test_a_post_that_x_shows_in_translation_is_found_by_its_own_words_or_stays_unconfirmed(
    product: Product, tabbed: Site
) -> None:
    """A translation is not compared with what was posted, and is no proof that the post is not there."""
    text = "Parsnips sweeten after the first frost."
    post_id = queue(product, text)
    tabbed.set_faults(drop_after_commit=True)
    with pytest.raises(UnknownOutcome):
        publish_next(product)
    tabbed.set_faults(locale="es", translated="untold")
    for _ in range(4):
        assert recover_posts(product).unconfirmed == (post_id,)
        assert compare_timeline(product).phantoms == ()
        later(product, QUARTER)
    assert UNCONFIRMED_POST.key_of(post_id=post_id) in alert_keys(product)
    tabbed.set_faults(locale="es", translated=True)
    assert recover_posts(product).confirmed == (post_id,)
    assert tabbed.posted(text) == 1


def test_a_post_that_shows_late_is_found_and_not_queued_again(product: Product, tabbed: Site) -> None:
    """Two looks said "not there"; the third finds it, of the time at which it was posted."""
    text = "A spoon of vinegar keeps poached eggs together."
    post_id = queue(product, text)
    tabbed.set_faults(drop_after_commit=True, hide_after_create_seconds=600)
    with pytest.raises(UnknownOutcome):
        publish_next(product)
    tabbed.set_faults()
    assert recover_posts(product).unconfirmed == (post_id,)
    later(product, QUARTER)
    assert recover_posts(product).confirmed == (post_id,)
    assert tabbed.posted(text) == 1


def test_what_the_site_calls_a_duplicate_is_published_as_the_post_that_is_there(product: Product, tabbed: Site) -> None:
    """Error 187: however old it is, the post is there already."""
    text = "Dry the chicken well before it meets the pan."
    x_post_id = by_hand(product, text)
    later(product, timedelta(hours=1))
    post_id = queue(product, text)
    with pytest.raises(UnknownOutcome, match="187"):
        publish_next(product)
    assert recover_posts(product).confirmed == (post_id,)
    (row,) = (post for post in post_store.recent_posts(product.database, 9) if post.id == post_id)
    assert (row.x_post_id, tabbed.posted(text)) == (x_post_id, 1)
    assert not alert_keys(product)


def test_a_duplicate_that_is_nowhere_waits_for_a_person(product: Product, tabbed: Site) -> None:
    """Posting it again would be refused again."""
    post_id = queue(product, "Refused as a repeat of nothing.")
    tabbed.set_faults(create_error=187)
    with pytest.raises(UnknownOutcome):
        publish_next(product)
    tabbed.set_faults()
    for _ in range(4):
        recover_posts(product)
        later(product, QUARTER)
    assert status_of(product, post_id) == "unconfirmed"
    assert recovery_wait(product) is not None
    assert UNCONFIRMED_POST.key_of(post_id=post_id) in alert_keys(product)
