"""Unconfirmed posts, taken back or unknown, over the real host and sandbox: what a look says, and what follows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from xbot_assets.domain.alerts.publishing import DOUBLED_POST, REMOVED_POST, UNCONFIRMED_POST, UNKNOWN_POSTS
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, UnknownOutcome
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.settings import Settings
from xbot_assets.steps.metrics.readings import posts_due
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.steps.publishing.reconciliation import compare_timeline, comparison_wait
from xbot_assets.steps.publishing.recovery import recover_posts, recovery_wait
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.publishing import manual_recovery, recovery
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.pace import pace_facts
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.answers import OwnTimelineRead, PostReading
from xbot_assets.x.operations import Publish, ReadOwnTimeline
from xbot_assets.x.port import XPort
from xbot_assets_tests.steps.conftest import HANDLE
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site

QUARTER = timedelta(minutes=15)
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture(params=["split", pytest.param("joined", marks=pytest.mark.soak)])
def tabbed(site: Site, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site with originals and replies in a list each, as X has them, or in one list, as it had."""
    chosen = replace(site, switches={"tabs": request.param})
    chosen.begin_anew()
    yield chosen
    site.set_faults()


@pytest.fixture
def product(loop_settings: Callable[..., Settings], tabbed: Site) -> Iterator[Product]:
    """A product that looks every quarter of an hour, so that three looks are enough."""
    assert tabbed.switches
    settings = loop_settings(recovery_minutes=15, replies_engaged_only=False)
    start_clock(settings, owns_site=True)
    with open_product(settings, worker="test") as opened:
        yield opened


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
