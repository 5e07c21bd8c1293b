"""Every change of a post's state: its guard, its fence and its event, on a real PostgreSQL."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import psycopg
import pytest

from xbot_assets.domain.posts.post import PostStatus
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.testing.queueing import (
    BUSY,
    NOON,
    REFUSED,
    SPACING,
    UNSURE,
    armed,
    claim,
    claimed,
    code_of,
    finish_published,
    queue,
    row,
    steps,
)


def test_posts_are_queued_in_order_with_their_evidence(database: Database) -> None:
    """Ids come back in the order of the posts, and nothing of a post is lost."""
    ids = queue(database, "one", "two", "three")
    assert [row(database, post_id).text for post_id in ids] == ["one", "two", "three"]
    assert ids == sorted(ids)
    assert row(database, ids[0]).propensity == pytest.approx(0.5)
    assert steps(database, ids[0]) == [(None, "queued")]


def test_a_repeated_text_queues_nothing_at_all(database: Database) -> None:
    """All or none: the good post beside the duplicate is not queued either."""
    queue(database, "The sea is salt.")
    assert code_of(lambda: queue(database, "New.", "the SEA is salt!")) == "duplicate_text"
    assert code_of(lambda: queue(database, "Twice.", "twice")) == "duplicate_text"
    assert posts.queue_counts(database) == {"queued": 1}


def test_a_text_may_come_again_once_the_first_is_settled(database: Database) -> None:
    """Only open posts forbid their text; the gates look at older ones."""
    held = claimed(database)
    posts.fail_post(database, held, REFUSED, NOON)
    assert queue(database, "The sea is salt.")


def test_a_post_is_published_in_three_recorded_steps(database: Database) -> None:
    """queued, claimed, armed, published, each with an event and the fencing token."""
    held = armed(database)
    posts.confirm_published(database, held, x_post_id="77", permalink="/me/status/77", now=NOON)
    published = row(database, held.id)
    assert (published.status, published.x_post_id, published.published_at) == ("published", "77", NOON)
    assert steps(database, held.id) == [
        (None, "queued"),
        ("queued", "claimed"),
        ("claimed", "armed"),
        ("armed", "published"),
    ]
    assert [event.fencing_token for event in posts.post_events(database, held.id)] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("leave", "arrives"),
    [
        (partial(posts.fail_post, failure=REFUSED, now=NOON), "failed"),
        (partial(posts.mark_shadowed, now=NOON), "shadowed"),
    ],
)
def test_a_claimed_post_can_fail_or_be_shadowed(database: Database, leave: Callable[..., None], arrives: str) -> None:
    """Each way out of claimed, recorded; a second time it is no longer ours."""
    held = claimed(database)
    leave(database, held)
    assert steps(database, held.id)[-1] == ("claimed", arrives)
    assert code_of(lambda: leave(database, held)) == "lost_fence"


@pytest.mark.parametrize(
    ("leave", "arrives"),
    [
        (partial(posts.disarm_post, failure=BUSY, now=NOON), "queued"),
        (partial(posts.mark_unconfirmed, failure=UNSURE, now=NOON), "unconfirmed"),
        (partial(posts.fail_post, failure=REFUSED, now=NOON), "failed"),
        (partial(posts.mark_shadowed, now=NOON), "shadowed"),
        (partial(posts.confirm_published, x_post_id="5", permalink=None, now=NOON), "published"),
    ],
)
def test_an_armed_post_can_only_leave_by_a_stated_outcome(
    database: Database, leave: Callable[..., None], arrives: str
) -> None:
    """Each way out of armed, recorded; a second time it is no longer ours."""
    held = armed(database)
    leave(database, held)
    assert steps(database, held.id)[-1] == ("armed", arrives)
    assert code_of(lambda: leave(database, held)) == "lost_fence"


def test_a_post_that_is_not_armed_cannot_be_published_or_doubted(database: Database) -> None:
    """The guard is the state that a change leaves, not the token alone."""
    held = claimed(database)
    assert code_of(lambda: posts.mark_unconfirmed(database, held, UNSURE, NOON)) == "lost_fence"
    assert code_of(lambda: posts.disarm_post(database, held, BUSY, NOON)) == "lost_fence"
    publish = partial(posts.confirm_published, x_post_id="5", permalink=None, now=NOON)
    assert code_of(lambda: publish(database, held)) == "lost_fence"


def test_a_worker_whose_post_was_claimed_again_is_fenced_off(database: Database) -> None:
    """The old token is refused although the post is armed again."""
    old = claimed(database)
    posts.expire_leases(database, NOON, dead="w")
    new = claim(database)
    assert new is not None
    assert new.fencing_token > old.fencing_token
    assert code_of(lambda: posts.arm_post(database, old, NOON)) == "lost_fence"
    assert posts.arm_post(database, new, NOON)
    publish = partial(posts.confirm_published, x_post_id="5", permalink=None, now=NOON)
    assert code_of(lambda: publish(database, old)) == "lost_fence"
    publish(database, new)


def test_a_claim_whose_lease_ran_out_is_not_armed(database: Database) -> None:
    """The worker is told to drop the post, and the post goes back to the queue."""
    late = claimed(database, lease=timedelta(0))
    assert posts.arm_post(database, late, NOON) is False
    (expired,) = posts.expire_leases(database, NOON)
    assert (expired.id, expired.from_status, expired.to_status) == (late.id, "claimed", "queued")
    assert code_of(lambda: posts.arm_post(database, late, NOON)) == "lost_fence"


def test_an_armed_post_whose_worker_died_is_unconfirmed_and_its_late_witness_still_counts(
    database: Database,
) -> None:
    """It may be on X: it is looked for, never queued again; the worker's own id is accepted as a find."""
    held = claimed(database, lease=timedelta(milliseconds=300))
    assert posts.arm_post(database, held, NOON)
    while not (expired := posts.expire_leases(database, NOON)):
        continue  # the lease runs in real time on the server's clock
    assert expired[0].to_status == "unconfirmed"
    publish = partial(posts.confirm_published, x_post_id="5", permalink="/p", now=NOON)
    assert code_of(lambda: publish(database, held)) == "lost_fence"
    posts.confirm_on_x(database, held.id, x_post_id="5", permalink="/p", published_at=NOON, now=NOON)
    assert row(database, held.id).status == "published"


def test_a_live_lease_is_left_alone(database: Database) -> None:
    """However far the product's clock has run."""
    claimed(database)
    assert posts.expire_leases(database, NOON + timedelta(days=3)) == []


def test_looks_are_counted_until_an_unconfirmed_post_is_found(database: Database) -> None:
    """Each look that did not find it counts one; a find publishes it and forgets the failure."""
    held = armed(database)
    posts.mark_unconfirmed(database, held, UNSURE, NOON)
    assert [posts.record_look(database, held.id, NOON) for _ in range(2)] == [1, 2]
    assert [post.id for post in posts.unconfirmed_posts(database)] == [held.id]
    shown = NOON + timedelta(seconds=3)
    posts.confirm_on_x(database, held.id, x_post_id="9", permalink="/9", published_at=shown, now=NOON)
    post = row(database, held.id)
    assert (post.status, post.published_at, post.failure_code) == ("published", shown, None)
    assert code_of(lambda: posts.record_look(database, held.id, NOON)) == "not_unconfirmed"


def test_one_post_of_x_cannot_belong_to_two_of_ours(database: Database) -> None:
    """A find that names an id we already have is refused."""
    first = armed(database)
    posts.confirm_published(database, first, x_post_id="1", permalink=None, now=NOON)
    queue(database, "Another.")
    second = claim(database, NOON + SPACING)
    assert second is not None
    assert posts.arm_post(database, second, NOON + SPACING)
    again = partial(posts.confirm_published, x_post_id="1", permalink=None, now=NOON)
    assert code_of(lambda: again(database, second)) == "integrity"


def test_the_queue_is_counted_and_listed(database: Database) -> None:
    """What the status page and the gates ask."""
    finish_published(database, armed(database), NOON)
    queue(database, "waiting")
    assert posts.queue_counts(database) == {"published": 1, "queued": 1}
    assert posts.recent_texts(database, NOON) == ["waiting", "The sea is salt."]
    assert posts.recent_texts(database, NOON + timedelta(seconds=1)) == []
    assert [post.text for post in posts.recent_posts(database, 9)] == ["waiting", "The sea is salt."]


def test_the_schema_knows_the_same_states_as_the_domain(database_url: str) -> None:
    """The check constraint and the enumeration hold the same words."""
    with psycopg.connect(database_url) as connection:
        definition = connection.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'posts_status_check'"
        ).fetchone()
    assert definition is not None
    assert set(re.findall(r"'(\w+)'", definition[0])) == set(PostStatus)
