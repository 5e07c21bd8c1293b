"""Unconfirmed posts, removed and unknown ones: each rule as one guarded statement, on a real PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from xbot_assets.domain.alerts.publishing import UNCONFIRMED_POST
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import UnknownOutcome
from xbot_assets.domain.posts.recovery import RecoveryRules
from xbot_assets.store.alerts import alert, open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.store.metrics import readings
from xbot_assets.store.operations import browser_operations
from xbot_assets.store.publishing import manual_recovery, posts, recovery
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.rows import SeenPost
from xbot_assets.testing.queueing import (
    NOON,
    armed,
    claim,
    code_of,
    finish_published,
    finish_unconfirmed,
    queue,
    row,
    steps,
)

MINUTE = timedelta(minutes=1)
RULES = RecoveryRules(
    looks_max=3, between=5 * MINUTE, span=30 * MINUTE, may_requeue=True, click_within=timedelta(seconds=150)
)
ANNA = Decider("anna", NOON, "I looked.")
DAYS = timedelta(days=3)


def unconfirmed_post(db: Database) -> int:
    """Leave one unconfirmed post."""
    held = armed(db)
    finish_unconfirmed(db, held, NOON)
    return held.id


def look_in_vain(db: Database, post_id: int, *minutes: float) -> None:
    """Look at the given minutes after noon, surely without finding it."""
    for at in minutes:
        posts.record_look(db, post_id, NOON + at * MINUTE)


def requeue(db: Database, post_id: int, rules: RecoveryRules = RULES) -> bool:
    """Ask for the post to be queued again."""
    return recovery.requeue_absent(db, post_id, rules, NOON + 40 * MINUTE)


def published(db: Database) -> int:
    """Publish one post at noon under its own number."""
    held = armed(db)
    finish_published(db, held, NOON)
    return held.id


def unknown(x_post_id: str, like: int | None = None) -> SeenPost:
    """Build a post of X that no row knows."""
    return SeenPost(x_post_id, "By hand.", f"/me/status/{x_post_id}", NOON, like)


def test_a_look_is_due_at_once_and_then_in_turns(database: Database) -> None:
    """Of two processes that ask at the same time one gets it, and a look that failed costs a turn and no more."""
    post_id = unconfirmed_post(database)
    assert recovery.take_looks(database, RULES, NOON) == {post_id}
    assert recovery.take_looks(database, RULES, NOON + 4 * MINUTE) == set()
    assert recovery.take_looks(database, RULES, NOON + 5 * MINUTE) == {post_id}
    assert posts.unconfirmed_posts(database)[0].looks == 0


def test_enough_looks_end_the_looking_only_where_nothing_can_follow(database: Database) -> None:
    """A post that may still be queued again is looked for until it is; another one waits for a person."""
    post_id = unconfirmed_post(database)
    look_in_vain(database, post_id, 0, 5, 10)
    late = NOON + 60 * MINUTE
    assert recovery.posts_to_look_for(database, replace(RULES, may_requeue=False), late) == []
    assert [post.id for post in recovery.posts_to_look_for(database, RULES, late)] == [post_id]


@pytest.mark.parametrize("minutes", [(0, 5, 10), (0, 40), (0, 10, 29)])
def test_few_or_hasty_looks_queue_nothing(database: Database, minutes: tuple[float, ...]) -> None:
    """Three looks, and half an hour between the first and the last."""
    post_id = unconfirmed_post(database)
    look_in_vain(database, post_id, *minutes)
    assert not requeue(database, post_id)
    assert row(database, post_id).status == "unconfirmed"


def test_a_post_that_is_surely_not_on_x_is_queued_again_once(database: Database) -> None:
    """With the reason in its history; the second time it stays unconfirmed, whatever the looks say."""
    post_id = unconfirmed_post(database)
    look_in_vain(database, post_id, 0, 15, 30)
    assert requeue(database, post_id)
    assert steps(database, post_id)[-1] == ("unconfirmed", "queued")
    assert "not on X" in posts.post_events(database, post_id)[-1].note
    again = claim(database, NOON + 40 * MINUTE)
    assert again is not None
    assert posts.arm_post(database, again, NOON + 40 * MINUTE)
    finish_unconfirmed(database, again, NOON + 40 * MINUTE)
    (unconfirmed,) = posts.unconfirmed_posts(database)
    assert (unconfirmed.looks, unconfirmed.requeues, unconfirmed.intended_at) == (0, 1, NOON)
    look_in_vain(database, post_id, 50, 70, 90)
    assert not requeue(database, post_id)
    assert recovery.posts_to_look_for(database, RULES, NOON + 120 * MINUTE) == []


def test_nothing_is_queued_again_while_somebody_may_still_click(database: Database) -> None:
    """An operation without an end was sent a moment ago; its worker may be slow rather than dead."""
    post_id = unconfirmed_post(database)
    look_in_vain(database, post_id, 0, 15, 30)
    browser_operations.begin_operation(database, uuid4(), "publish", "critical", "w", system_now())
    assert not requeue(database, post_id)
    assert requeue(database, post_id, replace(RULES, click_within=timedelta(0)))


def test_what_x_called_a_duplicate_is_never_queued_again(database: Database) -> None:
    """It would be refused again."""
    held = armed(database)
    posts.mark_unconfirmed(database, held, UnknownOutcome("187", code=recovery.DUPLICATE), NOON)
    look_in_vain(database, held.id, 0, 15, 30)
    assert not requeue(database, held.id)


def test_a_person_says_that_an_unconfirmed_post_is_on_x(database: Database) -> None:
    """It is published as the post that was named, with who said so; nobody can say it twice, or of another's post."""
    post_id = unconfirmed_post(database)
    alert(database, UNCONFIRMED_POST, now=NOON, post_id=post_id, reason="?")
    manual_recovery.decide_published(database, post_id, "77", "/me/status/77", ANNA)
    assert (row(database, post_id).status, row(database, post_id).x_post_id) == ("published", "77")
    last = posts.post_events(database, post_id)[-1]
    assert (last.decision, last.actor, last.note) == ("found_on_x", "anna", "I looked.")
    assert open_alerts(database) == []
    assert code_of(lambda: manual_recovery.decide_absent(database, post_id, ANNA, again=True)) == "already_decided"


def test_the_id_of_another_row_is_refused(database: Database) -> None:
    """One post of X is one row's."""
    first = published(database)
    queue(database, "Another.")
    second = claim(database, NOON + 10 * MINUTE)
    assert second is not None
    posts.arm_post(database, second, NOON + 10 * MINUTE)
    finish_unconfirmed(database, second, NOON + 10 * MINUTE)
    assert code_of(lambda: manual_recovery.decide_published(database, second.id, str(first), "/p", ANNA)) == "id_taken"


@pytest.mark.parametrize(("again", "arrives"), [(True, "queued"), (False, "rejected")])
def test_a_person_says_that_an_unconfirmed_post_is_not_on_x(database: Database, again: bool, arrives: str) -> None:  # noqa: FBT001
    """It is queued again, however often it was, or dropped for good."""
    post_id = unconfirmed_post(database)
    manual_recovery.decide_absent(database, post_id, ANNA, again=again)
    assert row(database, post_id).status == arrives
    assert posts.post_events(database, post_id)[-1].decision == "not_on_x"
    assert (claim(database, NOON + 10 * MINUTE) is not None) is again


def test_dropping_needs_a_reason(database: Database) -> None:
    """It is kept with the decision."""
    post_id = unconfirmed_post(database)
    silent = Decider("anna", NOON)
    assert code_of(lambda: manual_recovery.decide_absent(database, post_id, silent, again=False)) == "no_reason"


def test_a_post_missing_twice_is_removed_and_no_longer_measured(database: Database) -> None:
    """The looks are some minutes apart; it counts for the cap all the same, and comes back when X shows it again."""
    post_id = published(database)
    assert recovery.verification_is_due(database, now=NOON + 11 * MINUTE, after=10 * MINUTE, since=NOON - DAYS)
    miss = [recovery.note_missing(database, [post_id], NOON + at * MINUTE, again=10 * MINUTE) for at in (11, 15, 22)]
    assert [len(missing) for missing in miss] == [0, 0, 1]
    assert "removed" in posts.post_events(database, post_id)[-1].note
    late = NOON + 60 * MINUTE
    assert readings.posts_to_measure(database, now=late, limit=9) == []
    assert row(database, post_id).status == "published"
    assert [post.id for post in recovery.open_removals(database)] == [post_id]
    assert manual_recovery.acknowledge(database, [str(post_id)], replace(ANNA, now=late)) == 1
    assert recovery.open_removals(database) == []
    assert recovery.note_visible(database, [post_id], late) == [post_id]
    assert len(readings.posts_to_measure(database, now=late, limit=9)) == 1


def test_a_post_is_looked_for_at_its_age_and_once_more_after_a_day(database: Database) -> None:
    """One that was seen both times is left in peace."""
    post_id = published(database)

    def due(at: timedelta) -> bool:
        return recovery.verification_is_due(database, now=NOON + at, after=10 * MINUTE, since=NOON + at - DAYS)

    assert [due(9 * MINUTE), due(10 * MINUTE)] == [False, True]
    recovery.note_visible(database, [post_id], NOON + 10 * MINUTE)
    assert [due(20 * MINUTE), due(timedelta(days=1))] == [False, True]
    recovery.note_visible(database, [post_id], NOON + timedelta(days=1))
    assert not due(timedelta(days=2))


def test_unknown_posts_are_kept_once_until_somebody_knows_of_them(database: Database) -> None:
    """Seen again they are not new; those that resemble a row are told apart."""
    post_id = published(database)
    assert recovery.note_phantoms(database, [unknown("501"), unknown("502", post_id)], NOON) == {"501", "502"}
    assert recovery.note_phantoms(database, [unknown("501")], NOON + MINUTE) == set()
    assert [post.resembles_status for post in recovery.open_phantoms(database)] == [None, "published"]
    assert manual_recovery.acknowledge(database, ["501"], ANNA) == 1
    assert [post.x_post_id for post in recovery.open_phantoms(database)] == ["502"]
    assert code_of(lambda: manual_recovery.acknowledge(database, ["501"], ANNA)) == "nothing_to_acknowledge"
