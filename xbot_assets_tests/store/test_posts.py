"""The posting queue: every change of state, its guard, its event, and the pace, on a real PostgreSQL."""

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest

from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, UnknownOutcome
from xbot_assets.domain.posts import ClaimedPost, NewPost, PostStatus
from xbot_assets.store import posts
from xbot_assets.store.database import Database, Row

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPACING = timedelta(minutes=5)
LEASE = timedelta(minutes=15)
REFUSED = PermanentFailure("X said no.", code="refused")
BUSY = TransientFailure("No slot.", code="no_slot")
UNSURE = UnknownOutcome("The page hung.", code="timeout_after_click")


def new_post(text: str, due: datetime = NOON) -> NewPost:
    """Build a post that is due at noon."""
    return NewPost(text=text, topic="sea", format="fact", features={"length": 3.0}, propensity=0.5, scheduled_at=due)


def queue(db: Database, *texts: str) -> list[int]:
    """Queue posts that are due at noon."""
    return posts.enqueue_posts(db, [new_post(text) for text in texts], NOON)


def claim(
    db: Database, now: datetime = NOON, *, lease: timedelta = LEASE, cap: int = 24, worker: str = "w"
) -> ClaimedPost | None:
    """Claim as the publisher does."""
    return posts.claim_due_post(db, worker=worker, now=now, lease=lease, spacing=SPACING, daily_cap=cap)


def claimed(db: Database, now: datetime = NOON, *, lease: timedelta = LEASE) -> ClaimedPost:
    """Queue one post and claim it."""
    queue(db, "The sea is salt.")
    held = claim(db, now, lease=lease)
    assert held is not None
    return held


def armed(db: Database, now: datetime = NOON) -> ClaimedPost:
    """Queue, claim and arm one post."""
    held = claimed(db, now)
    assert posts.arm_post(db, held, now)
    return held


def row(db: Database, post_id: int) -> Row:
    """Return a post as the status page shows it."""
    return next(found for found in posts.recent_posts(db, 100) if found["id"] == post_id)


def steps(db: Database, post_id: int) -> list[tuple[str | None, str]]:
    """Return the changes of state that were recorded."""
    return [(event["from_status"], event["to_status"]) for event in posts.post_events(db, post_id)]


def code_of(action: Callable[[], object]) -> str:
    """Return the code of the failure that the action raises."""
    with pytest.raises(ProductError) as caught:
        action()
    return caught.value.code


def test_posts_are_queued_in_order_with_their_evidence(database: Database) -> None:
    """Ids come back in the order of the posts, and nothing of a post is lost."""
    ids = queue(database, "one", "two", "three")
    assert [row(database, post_id)["text"] for post_id in ids] == ["one", "two", "three"]
    assert ids == sorted(ids)
    assert row(database, ids[0])["propensity"] == pytest.approx(0.5)
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
    found = row(database, held.id)
    assert (found["status"], found["x_post_id"], found["published_at"]) == ("published", "77", NOON)
    assert steps(database, held.id) == [
        (None, "queued"),
        ("queued", "claimed"),
        ("claimed", "armed"),
        ("armed", "published"),
    ]
    assert [event["fencing_token"] for event in posts.post_events(database, held.id)] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("leave", "arrives"),
    [
        (partial(posts.release_claim, failure=BUSY, now=NOON), "queued"),
        (partial(posts.fail_post, failure=REFUSED, now=NOON), "failed"),
        (partial(posts.mark_shadowed, now=NOON), "shadowed"),
    ],
)
def test_a_claimed_post_can_go_back_fail_or_be_shadowed(
    database: Database, leave: Callable[..., None], arrives: str
) -> None:
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


def test_an_armed_post_cannot_simply_be_released(database: Database) -> None:
    """After the intent is stored only proof that nothing was submitted sends it back."""
    held = armed(database)
    assert code_of(lambda: posts.release_claim(database, held, BUSY, NOON)) == "lost_fence"


def test_a_worker_whose_post_was_claimed_again_is_fenced_off(database: Database) -> None:
    """The old token is refused although the post is armed again."""
    old = claimed(database)
    posts.release_claim(database, old, BUSY, NOON)
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
    assert (expired["id"], expired["from_status"], expired["to_status"]) == (late.id, "claimed", "queued")
    assert code_of(lambda: posts.arm_post(database, late, NOON)) == "lost_fence"


def test_an_armed_post_whose_worker_died_is_unconfirmed_and_its_late_witness_still_counts(
    database: Database,
) -> None:
    """It may be on X: it is looked for, never queued again; the worker's own id is accepted as a find."""
    held = claimed(database, lease=timedelta(milliseconds=300))
    assert posts.arm_post(database, held, NOON)
    expired: list[Row] = []
    while not expired:  # the lease runs in real time on the server's clock
        expired = posts.expire_leases(database, NOON)
    assert expired[0]["to_status"] == "unconfirmed"
    publish = partial(posts.confirm_published, x_post_id="5", permalink="/p", now=NOON)
    assert code_of(lambda: publish(database, held)) == "lost_fence"
    posts.confirm_found(database, held.id, x_post_id="5", permalink="/p", published_at=NOON, now=NOON)
    assert row(database, held.id)["status"] == "published"


def test_a_live_lease_is_left_alone(database: Database) -> None:
    """However far the product's clock has run."""
    claimed(database)
    assert posts.expire_leases(database, NOON + timedelta(days=3)) == []


def test_looks_are_counted_until_an_unconfirmed_post_is_found(database: Database) -> None:
    """Each look that did not find it counts one; a find publishes it and forgets the failure."""
    held = armed(database)
    posts.mark_unconfirmed(database, held, UNSURE, NOON)
    assert [posts.record_look(database, held.id, NOON) for _ in range(2)] == [1, 2]
    assert [found["id"] for found in posts.unconfirmed_posts(database)] == [held.id]
    shown = NOON + timedelta(seconds=3)
    posts.confirm_found(database, held.id, x_post_id="9", permalink="/9", published_at=shown, now=NOON)
    found = row(database, held.id)
    assert (found["status"], found["published_at"], found["failure_code"]) == ("published", shown, None)
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


def test_posts_are_claimed_when_due_oldest_first(database: Database) -> None:
    """Nothing before its time, and the longest waiting first."""
    later = NOON + timedelta(hours=1)
    posts.enqueue_posts(database, [new_post("late", later), new_post("early", NOON)], NOON)
    assert claim(database, NOON - timedelta(seconds=1)) is None
    held = claim(database, later)
    assert held is not None
    assert held.text == "early"


def test_only_one_post_is_in_hand(database: Database) -> None:
    """A second claim waits for the first to be settled."""
    queue(database, "one", "two")
    held = claim(database)
    assert held is not None
    assert claim(database, NOON + timedelta(hours=1)) is None
    posts.fail_post(database, held, REFUSED, NOON)
    assert claim(database) is not None


def settle_published(db: Database, held: ClaimedPost, now: datetime) -> None:
    """Publish an armed post under an id of its own."""
    posts.confirm_published(db, held, x_post_id=str(held.id), permalink=None, now=now)


def settle_unconfirmed(db: Database, held: ClaimedPost, now: datetime) -> None:
    """Leave an armed post in doubt."""
    posts.mark_unconfirmed(db, held, UNSURE, now)


@pytest.mark.parametrize("settle", [settle_published, settle_unconfirmed])
def test_spacing_and_cap_count_posts_that_may_be_on_x(
    database: Database, settle: Callable[[Database, ClaimedPost, datetime], None]
) -> None:
    """Published or in doubt: the next waits the full spacing, and the cap of the UTC day counts it."""
    settle(database, armed(database), NOON)
    queue(database, "next")
    for early in (NOON, NOON + SPACING - timedelta(seconds=1)):
        assert claim(database, early) is None
        assert not posts.due_post_exists(database, now=early, spacing=SPACING, daily_cap=24)
    in_time = NOON + SPACING
    assert claim(database, in_time, cap=1) is None
    assert posts.due_post_exists(database, now=in_time, spacing=SPACING, daily_cap=2)
    assert claim(database, in_time, cap=2) is not None


def test_the_cap_starts_again_at_midnight_utc(database: Database) -> None:
    """A post of yesterday does not count."""
    evening = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
    settle_published(database, armed(database, evening), evening)
    queue(database, "next")
    assert claim(database, evening + SPACING, cap=1) is None
    assert claim(database, datetime(2026, 3, 2, 0, 0, tzinfo=UTC), cap=1) is not None


def test_a_disarmed_post_counts_neither_for_spacing_nor_for_the_cap(database: Database) -> None:
    """Nothing was submitted, so it may be claimed again at once."""
    posts.disarm_post(database, armed(database), BUSY, NOON)
    again = claim(database, cap=1)
    assert again is not None
    assert row(database, again.id)["failure_code"] is None


def test_eight_claimers_at_once_never_share_a_post_or_break_pace_or_cap(
    database: Database,
) -> None:
    """Each round, exactly one of eight gets the one post that spacing allows, and the cap ends it."""
    cap, rounds = 6, 9
    queue(database, *(f"post number {n}" for n in range(20)))
    seen: list[int] = []
    with ThreadPoolExecutor(8) as crowd:
        for turn in range(rounds):
            now = NOON + turn * SPACING
            held = [
                won
                for won in crowd.map(lambda n, at=now: claim(database, at, cap=cap, worker=f"w{n}"), range(8))
                if won
            ]
            assert len(held) == (1 if turn < cap else 0)
            for won in held:
                assert posts.arm_post(database, won, now)
                settle_published(database, won, now)
                seen.append(won.id)
    assert len(seen) == len(set(seen)) == cap


def test_the_queue_is_counted_and_listed(database: Database) -> None:
    """What the status page and the gates ask."""
    settle_published(database, armed(database), NOON)
    queue(database, "waiting")
    assert posts.queue_counts(database) == {"published": 1, "queued": 1}
    assert posts.recent_texts(database, NOON) == ["waiting", "The sea is salt."]
    assert posts.recent_texts(database, NOON + timedelta(seconds=1)) == []
    assert [found["text"] for found in posts.published_since(database, NOON)] == ["The sea is salt."]


def test_the_schema_knows_the_same_states_as_the_domain(database_url: str) -> None:
    """The check constraint and the enumeration hold the same words."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'posts_status_check'"
        ).fetchone()
    assert found is not None
    assert set(re.findall(r"'(\w+)'", found[0])) == set(PostStatus)


CLAIMER = """
import sys
from datetime import UTC, datetime, timedelta
from pydantic import SecretStr
from xbot_assets.settings import Settings
from xbot_assets.store import posts
from xbot_assets.store.database import open_database

noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
with open_database(Settings(database_url=SecretStr(sys.stdin.readline().strip()))) as db:
    print("ready", flush=True)
    sys.stdin.readline()
    while posts.queue_counts(db).get("queued"):
        pace = {"lease": timedelta(minutes=5), "spacing": timedelta(0), "daily_cap": 1000}
        held = posts.claim_due_post(db, worker=sys.argv[1], now=noon, **pace)
        if held and posts.arm_post(db, held, noon):
            posts.confirm_published(db, held, x_post_id=str(held.id), permalink=None, now=noon)
            print(held.id, flush=True)
"""
"""Claims and publishes until nothing is queued. The address travels on stdin, which no one else can read."""


def test_processes_that_claim_at_once_never_get_the_same_post(database: Database, database_url: str) -> None:
    """Four processes empty one queue: every post goes to exactly one of them."""
    ids = queue(database, *(f"post number {n}" for n in range(30)))
    commands = [[sys.executable, "-c", CLAIMER, f"process-{n}"] for n in range(4)]
    crowd = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for command in commands
    ]
    for process in crowd:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{database_url}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(len(crowd)) as ends:
        outputs = list(ends.map(lambda process: process.communicate("go\n", timeout=60)[0], crowd))
    assert all(process.returncode == 0 for process in crowd)
    assert sorted(int(line) for output in outputs for line in output.split()) == ids
    assert all(len(posts.post_events(database, post_id)) == 4 for post_id in ids)
