"""Posts that X took back, and posts that nobody knows, over the real host and sandbox."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from xbot_assets.domain.alerts.publishing import DOUBLED_POST, REMOVED_POST, UNKNOWN_POSTS
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.steps.metrics.readings import posts_due
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.steps.publishing.reconciliation import compare_timeline, comparison_wait
from xbot_assets.steps.publishing.recovery import recover_posts
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing import manual_recovery, recovery
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.pace import pace_facts
from xbot_assets.x.answers import OwnTimelineRead, PostReading
from xbot_assets.x.operations import ReadOwnTimeline
from xbot_assets.x.port import XPort
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.publishing.recovery.recovery_rig import (
    QUARTER,
    TEN_MINUTES,
    alert_keys,
    by_hand,
    die_before_the_click,
    queue,
)
from xbot_assets_tests.steps.site import Site


def test_a_post_that_the_site_takes_back_is_seen_told_and_no_longer_measured(product: Product, tabbed: Site) -> None:
    """Two looks that surely covered it; one that could not look marks nothing."""
    first, post_id = queue(product, "Stays where it is, on the windowsill."), 0
    publish_next(product)
    later(product)
    post_id = queue(product, "Taken back by the site in silence.")
    tabbed.set_faults(silent_removal=True)
    assert publish_next(product).x_post_id is not None
    assert comparison_wait(product) is None, "the first comparison of all"
    assert compare_timeline(product).missing == (), "too young to be missed"
    tabbed.set_faults(down=True)
    later(product, TEN_MINUTES)
    assert comparison_wait(product) is None
    with pytest.raises(ProductError):
        compare_timeline(product)
    assert comparison_wait(product) is not None, "an outage is not hammered"
    tabbed.set_faults()
    for seen in ((), (post_id,)):
        later(product, TEN_MINUTES)
        comparison = compare_timeline(product)
        assert comparison.missing == (post_id,)
        assert tuple(row.id for row in comparison.removed) == seen
    assert REMOVED_POST.key_of(post_id=post_id) in alert_keys(product)
    pace = pace_facts(product.database, PaceKind.POST, product.clock.now(), product.account.pace).state
    assert (pace.successes, pace.failures) == (2, 1), "the pace is told as well"
    later(product, timedelta(hours=2))
    assert [row.id for row in posts_due(product)] == [first]
    assert comparison_wait(product) is not None


class _Edited:
    """Hands on what the host read, each post as X shows it after its author edited it: another id, other words."""

    def __init__(self, real: XPort) -> None:
        self._real = real

    def run(self, operation: ReadOwnTimeline, *, lane: Lane, deadline_seconds: float) -> OwnTimelineRead:
        """Read the real timeline."""
        read = self._real.run(operation, lane=lane, deadline_seconds=deadline_seconds)
        lists = [held.model_copy(update={"posts": tuple(map(self._edited, held.posts))}) for held in read.lists]
        return read.model_copy(update={"lists": tuple(lists)})

    def _edited(self, post: PostReading) -> PostReading:
        number = str(int(post.post_id or 0) + 1)
        return post.model_copy(update={"post_id": number, "earlier_ids": (post.post_id,), "text": "Other words."})


def test_a_post_that_was_edited_on_x_is_neither_removed_nor_somebody_else_s(product: Product) -> None:
    """Its lists show the last version alone, by an id of its own; the data name the earlier ones."""
    queue(product, "Salt the water, then the pasta.")
    publish_next(product)
    later(product)
    edited = replace(product, x=cast("XPort", _Edited(product.x)))
    for _ in range(2):
        later(product, TEN_MINUTES)
        comparison = compare_timeline(edited)
        assert (comparison.missing, comparison.removed, comparison.phantoms) == ((), (), ())
    assert not alert_keys(product)


def test_posts_of_the_owner_s_own_hand_and_doubled_ones_are_told_apart(product: Product) -> None:
    """A quiet word about the first until the owner knows of it, and a loud one about a text that is there twice."""
    post_id = queue(product, "Fold, do not stir, the egg whites.")
    publish_next(product)
    own = by_hand(product, "Greetings from the market, by hand.")
    double = by_hand(product, "Fold, do not stir, the egg whites!")
    later(product)
    comparison = compare_timeline(product)
    assert {row.x_post_id: row.resembles_post_id for row in comparison.phantoms} == {own: None, double: post_id}
    assert {alert.key: alert.severity for alert in open_alerts(product.database)} == {
        UNKNOWN_POSTS.key_of(): "warning",
        DOUBLED_POST.key_of(x_post_id=double): "critical",
    }
    assert compare_timeline(product).phantoms == ()
    manual_recovery.acknowledge(product.database, [own, double], Decider("anna", product.clock.now()))
    assert not alert_keys(product)
    compare_timeline(product)
    assert not alert_keys(product)
    assert recovery.open_phantoms(product.database) == []


def test_no_published_post_is_missed_in_a_list_that_does_not_hold_its_kind(product: Product, tabbed: Site) -> None:
    """An account that answers often: its newest original is older than all that the list of its replies shows."""
    original = queue(product, "Grind the pepper at the table.")
    publish_next(product)
    targets = [by_hand(product, f"Which pepper do you grind, number {number}?") for number in range(2)]
    later(product)
    answers = [queue(product, f"The black one for {target}.", answers=target) for target in targets]
    for _ in answers:
        publish_next(product)
        later(product)
    for _ in range(3):
        later(product, TEN_MINUTES)
        comparison = compare_timeline(product)
        assert (comparison.missing, comparison.removed) == ((), ())
        assert comparison.covers_since is not None
    rows = recovery.posts_to_verify(
        product.database, since=product.clock.now() - timedelta(days=1), until=product.clock.now()
    )
    assert {row.id: row.answers for row in rows} == {original: False} | dict.fromkeys(answers, True)
    assert tabbed.posted("Grind the pepper at the table.") == 1


@pytest.mark.parametrize("is_answer", [False, True])
def test_a_published_post_of_either_kind_that_the_site_takes_back_is_missed(
    product: Product, tabbed: Site, *, is_answer: bool
) -> None:
    """Its own list says so, whichever that is."""
    queue(product, "The one that stays.")
    publish_next(product)
    target = by_hand(product, "What goes?")
    queue(product, "The answer that stays.", answers=by_hand(product, "What stays?"))
    later(product)
    publish_next(product)
    later(product)
    post_id = queue(product, "The one that goes.", answers=target if is_answer else None)
    tabbed.set_faults(silent_removal=True)
    publish_next(product)
    tabbed.set_faults()
    removed: list[int] = []
    for _ in range(2):
        later(product, TEN_MINUTES)
        comparison = compare_timeline(product)
        assert comparison.missing == (post_id,)
        removed += [row.id for row in comparison.removed]
    assert removed == [post_id]


@pytest.mark.soak
def test_an_account_that_is_not_shown_leaves_every_post_as_it_is(product: Product, tabbed: Site) -> None:
    """Its page is empty, and that is no list without posts."""
    queue(product, "And not after it.")
    publish_next(product)
    later(product)
    post_id = die_before_the_click(product, "Salt the water before the pasta.")
    tabbed.set_faults(account_shown="missing", ours_unshown=True)
    for _ in range(4):
        later(product, QUARTER)
        with pytest.raises(PermanentFailure) as caught:
            compare_timeline(product)
        assert caught.value.code is FailureCode.NO_ACCOUNT
        with pytest.raises(PermanentFailure):
            recover_posts(product)
    (row,) = post_store.unconfirmed_posts(product.database)
    assert (row.id, row.looks, row.requeues) == (post_id, 0, 0)
    assert recovery.open_removals(product.database) == []
