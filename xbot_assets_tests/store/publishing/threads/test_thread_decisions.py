"""What a person decides about a thread: it is read, approved, rejected and timed as one."""

from datetime import timedelta
from functools import partial

import pytest

from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database, Transaction
from xbot_assets.store.publishing import approvals, policy, threads
from xbot_assets.store.publishing.approvals import Decider, text_digest, texts_digest
from xbot_assets.store.publishing.rows import LockedPost
from xbot_assets.testing.queueing import NOON, code_of, row, steps
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.store.publishing.threads.test_threads import finish_failed
from xbot_assets_tests.store.publishing.threads.thread_rig import A_MOMENT, claim, finished, queue_thread, states

ANNA = Decider("anna", NOON + A_MOMENT, "it is good")
TEXTS = ["One.", "Two.", "Three."]


def passes(_transaction: Transaction, _row: LockedPost) -> Refusal | None:
    """Let every text pass."""
    return None


def refuses_the_last(_transaction: Transaction, post: LockedPost) -> Refusal | None:
    """Let every text pass but one."""
    return Refusal("length", "It is too long.") if post.text == TEXTS[-1] else None


approve = partial(approvals.approve_post, check=passes)


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """Settings under which everything needs approval."""
    return settings_for(approval="all")


def test_a_thread_is_held_as_one_by_the_claim_of_its_first_segment(database: Database, settings: Settings) -> None:
    """And listed in its order, with each segment's place."""
    ids = queue_thread(database, *TEXTS)
    assert claim(database, settings=settings) is None
    assert states(database, ids) == ["held"] * 3
    assert steps(database, ids[2])[-1] == ("queued", "held")
    listed = approvals.held_posts(database)
    assert [(post.id, post.segment, post.segments) for post in listed] == [
        (ids[0], 0, 3),
        (ids[1], 1, 3),
        (ids[2], 2, 3),
    ]


def test_approving_one_segment_approves_the_thread_as_it_was_read(database: Database, settings: Settings) -> None:
    """A thread of which another segment was edited meanwhile was not read."""
    ids = queue_thread(database, *TEXTS)
    policy.hold_unapproved(database, settings, NOON)
    seen = texts_digest(TEXTS)
    approvals.edit_post(database, ids[1], "Two!!", ANNA, check=passes, seen=text_digest("Two."))
    assert states(database, ids) == ["held"] * 3
    assert code_of(lambda: approve(database, ids[0], ANNA, seen=seen)) == "text_changed"
    approve(database, ids[2], ANNA, seen=texts_digest(["One.", "Two!!", "Three."]))
    assert states(database, ids) == ["queued"] * 3
    assert finished(database, now=ANNA.now) == ids[0]
    held = claim(database, ANNA.now + A_MOMENT, settings=settings)
    assert held is not None
    assert (held.id, held.text) == (ids[1], "Two!!")


def test_a_thread_with_one_refused_text_is_not_approved_at_all(database: Database, settings: Settings) -> None:
    """Half of it would be queued."""
    ids = queue_thread(database, *TEXTS)
    policy.hold_unapproved(database, settings, NOON)
    assert code_of(lambda: approve(database, ids[0], ANNA, check=refuses_the_last)) == "text_refused"
    assert states(database, ids) == ["held"] * 3


def test_rejecting_a_middle_segment_rejects_all_that_waits_of_the_thread(database: Database) -> None:
    """What is on X stays; nothing else of it will come."""
    ids = queue_thread(database, *TEXTS)
    finished(database)
    approvals.reject_post(database, ids[2], ANNA)
    assert states(database, ids) == ["published", "rejected", "rejected"]
    assert threads.hold_broken_threads(database, NOON, shadow=False) == []


def test_a_thread_gets_another_time_as_one(database: Database) -> None:
    """Whichever of its segments a person names."""
    ids = queue_thread(database, *TEXTS)
    at = NOON + timedelta(hours=3)
    approvals.reschedule_post(database, ids[1], at, ANNA)
    assert {row(database, post_id).scheduled_at for post_id in ids} == {at}


def test_the_rest_of_a_broken_thread_can_only_be_rejected(database: Database) -> None:
    """There is no post to put it below. Rejecting it ends the alert."""
    ids = queue_thread(database, *TEXTS)
    finished(database, finish_failed)
    threads.hold_broken_threads(database, NOON, shadow=False)
    assert code_of(lambda: approve(database, ids[1], ANNA)) == "broken_thread"
    assert states(database, ids) == ["failed", "held", "held"]


def test_a_segment_is_not_compared_with_its_own_thread(database: Database) -> None:
    """Segments resemble each other; other posts still count."""
    ids = queue_thread(database, *TEXTS)
    queue_thread(database, "Four.", "Five.")
    since = NOON - timedelta(days=1)
    assert sorted(approvals.judged_against_others(database, ids[0], since)) == ["Five.", "Four."]
