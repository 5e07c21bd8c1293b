"""An unconfirmed segment: looked for below the one before it, and queued again in its place."""

from datetime import timedelta

import pytest

from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import manual_recovery, posts, recovery
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.threads import broken_threads
from xbot_assets.testing.queueing import NOON, finish_unconfirmed
from xbot_assets_tests.store.publishing.test_recovery import RULES, look_in_vain, requeue
from xbot_assets_tests.store.publishing.threads.thread_rig import A_MOMENT, armed, claim, queue_thread

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def unconfirmed(database: Database) -> int:
    """The second of three segments; the first is on X as 71."""
    queue_thread(database, "One.", "Two.", "Three.")
    posts.confirm_published(database, armed(database), x_post_id="71", permalink=None, now=NOON)
    held = armed(database, NOON + A_MOMENT)
    finish_unconfirmed(database, held, NOON + A_MOMENT)
    return held.id


def test_a_segment_that_is_surely_not_on_x_goes_back_below_the_one_before_it(
    database: Database, unconfirmed: int
) -> None:
    """Before it is looked for, it is known what it answers; the rest of the thread waits all the while."""
    (row,) = posts.unconfirmed_posts(database)
    assert row.answers_x_id == "71"
    look_in_vain(database, unconfirmed, 1, 16, 31)
    assert claim(database, NOON + timedelta(minutes=35)) is None
    assert requeue(database, unconfirmed, RULES)
    again = claim(database, LATER)
    assert again is not None
    assert (again.id, again.answers_x_id) == (unconfirmed, "71")
    assert recovery.submitted_since(database, NOON) == 1


def test_a_segment_that_a_person_drops_breaks_its_thread(database: Database, unconfirmed: int) -> None:
    """What follows has nothing to stand below."""
    manual_recovery.decide_absent(database, unconfirmed, Decider("anna", LATER, "Not wanted any more."), again=False)
    assert claim(database, LATER) is None
    assert broken_threads(database, shadow=False)
