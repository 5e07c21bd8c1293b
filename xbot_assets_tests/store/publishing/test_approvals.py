"""What people decide about posts: guarded by the state and the text they saw, recorded, and by one person each."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from xbot_assets.domain.alerts.publishing import POSTS_WAITING
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.posts.post import fingerprint
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database, Transaction, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.publishing import approvals, policy, posts
from xbot_assets.store.publishing.approvals import Decider, text_digest
from xbot_assets.store.publishing.rows import LockedPost
from xbot_assets.testing.admission import take_post, unhurried
from xbot_assets.testing.queueing import NOON, code_of, new_post, queue, row, steps
from xbot_assets.testing.servers import SettingsFor, prepared, running

ANNA = Decider("anna", NOON, "it is good")
BEN = Decider("ben", NOON + timedelta(minutes=1), "too loud")
TEXT = "The sea is salt."


def passes(_transaction: Transaction, _row: LockedPost) -> Refusal | None:
    """Let every text pass."""
    return None


def refuses(_transaction: Transaction, _row: LockedPost) -> Refusal | None:
    """Let no text pass."""
    return Refusal("length", "It is too long.")


approve = partial(approvals.approve_post, check=passes)
edit = partial(approvals.edit_post, check=passes)


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    """Settings under which everything needs approval."""
    return settings_for(approval="all")


def hold(db: Database, settings: Settings, text: str = TEXT) -> int:
    """Queue a post and hold it."""
    (post_id,) = queue(db, text)
    assert policy.hold_unapproved(db, settings, NOON) == [post_id]
    return post_id


def claim(db: Database, settings: Settings) -> int | None:
    """Claim as the publisher does and return the post's number."""
    held = take_post(db, unhurried(settings), BEN.now)
    return held.id if held else None


def decisions(db: Database, post_id: int) -> list[tuple[str | None, str, str]]:
    """Return who decided what about a post, and why."""
    events = posts.post_events(db, post_id)
    return [(event.actor, event.decision, event.note) for event in events if event.decision]


def test_an_approved_post_is_claimed_and_who_when_and_why_is_kept(database: Database, settings: Settings) -> None:
    """Before that no claim sees it."""
    post_id = hold(database, settings)
    assert claim(database, settings) is None
    (held,) = approvals.held_posts(database)
    assert (held.held_because or "").startswith("approval: A person must approve every post")
    approve(database, post_id, ANNA)
    assert decisions(database, post_id) == [("anna", "approved", "it is good")]
    assert approvals.post_to_decide(database, post_id).approved_by == "anna"
    assert open_alerts(database) == []
    assert claim(database, settings) == post_id
    assert steps(database, post_id)[-2:] == [("held", "queued"), ("queued", "claimed")]


def test_an_edited_text_gets_a_new_fingerprint_and_waits_for_approval_again(
    database: Database, settings: Settings
) -> None:
    """What was predicted of the old text is forgotten; the old text is kept."""
    post_id = hold(database, settings)
    edit(database, post_id, "The sea is wide.\r\nAnd deep. ", ANNA)
    (held,) = approvals.held_posts(database)
    assert held.text == "The sea is wide.\nAnd deep."
    assert held.fingerprint == fingerprint(held.text)
    assert row(database, post_id).predicted_reward is None
    assert approvals.recent_decisions(database, 1)[0].text_before == TEXT
    assert claim(database, settings) is None
    approve(database, post_id, BEN)
    assert claim(database, settings) == post_id


def test_a_text_that_was_changed_after_its_approval_is_held_by_the_claim(
    database: Database, settings: Settings, database_url: str
) -> None:
    """Even by hand in the database, and even when only a link differs, which the fingerprint forgets."""
    import psycopg  # noqa: PLC0415 - only here is the table changed behind the product's back

    post_id = hold(database, settings, "Read https://a.example")
    approve(database, post_id, ANNA)
    with psycopg.connect(database_url) as connection:
        connection.execute("update xbot.posts set text = 'Read https://b.example' where id = %s", (post_id,))
    assert claim(database, settings) is None
    assert row(database, post_id).status == "held"


def test_a_text_that_the_check_refuses_is_neither_approved_nor_stored(database: Database, settings: Settings) -> None:
    """The post waits as it was, and no decision is recorded."""
    post_id = hold(database, settings)
    for decide in (
        lambda: approvals.approve_post(database, post_id, ANNA, check=refuses),
        lambda: approvals.edit_post(database, post_id, "Other.", ANNA, check=refuses),
    ):
        assert code_of(decide) == "text_refused"
    assert row(database, post_id).text == TEXT
    assert row(database, post_id).status == "held"
    assert decisions(database, post_id) == []


def test_a_rejected_post_needs_a_reason_and_is_never_claimed(database: Database, settings: Settings) -> None:
    """One in the queue can be called back too."""
    post_id = hold(database, settings)
    assert code_of(lambda: approvals.reject_post(database, post_id, Decider("anna", NOON))) == "no_reason"
    approvals.reject_post(database, post_id, BEN)
    (queued,) = queue(database, "Already approved.")
    approvals.reject_post(database, queued, BEN)
    assert claim(database, settings) is None
    rejected = row(database, queued)
    assert (rejected.status, rejected.failure_reason) == ("rejected", "too loud")
    assert open_alerts(database) == []


def test_a_rescheduled_post_keeps_waiting_and_goes_at_its_new_time(database: Database, settings: Settings) -> None:
    """Not in the past, nor years ahead."""
    post_id = hold(database, settings)
    for wrong in (NOON - timedelta(seconds=1), NOON + timedelta(days=366)):
        assert code_of(partial(approvals.reschedule_post, database, post_id, wrong, ANNA)) == "bad_time"
    approvals.reschedule_post(database, post_id, NOON + timedelta(hours=1), ANNA)
    approve(database, post_id, ANNA)
    assert claim(database, settings) is None
    assert row(database, post_id).scheduled_at == NOON + timedelta(hours=1)
    assert [made[1] for made in decisions(database, post_id)] == ["rescheduled", "approved"]


def test_a_post_that_is_late_when_it_is_approved_is_due_from_then_on(database: Database, settings: Settings) -> None:
    """Its slot is the decision's time, so nobody counts it as hours late; one that is early keeps its slot."""
    late = hold(database, settings)
    (early,) = posts.enqueue_posts(database, [new_post("Later.", NOON + timedelta(days=1))], NOON)
    assert policy.hold_post(database, early, "It was called back.", NOON)
    assert not policy.hold_post(database, early, "Twice.", NOON)
    for post_id in (late, early):
        approve(database, post_id, BEN)
    assert row(database, late).scheduled_at == BEN.now
    assert row(database, early).scheduled_at == NOON + timedelta(days=1)


def test_what_cannot_be_decided_says_why(database: Database, settings: Settings) -> None:
    """Unknown numbers, decided posts, stale pages, empty texts, texts that wait already, and nameless people."""
    post_id, other = hold(database, settings), hold(database, settings, "Another.")
    assert code_of(lambda: approve(database, 999, ANNA)) == "no_such_post"
    assert code_of(lambda: edit(database, post_id, " \n", ANNA)) == "empty_post"
    assert code_of(lambda: edit(database, post_id, "Nul\0.", ANNA)) == "empty_post"
    assert code_of(lambda: edit(database, post_id, "another!", ANNA)) == "duplicate_text"
    assert code_of(lambda: Decider("  ", NOON)) == "no_name"
    assert code_of(lambda: Decider("anna", NOON, "x" * 501)) == "reason_too_long"
    edit(database, other, "Edited.", ANNA)
    assert code_of(lambda: approve(database, other, BEN, seen=text_digest("Another."))) == "text_changed"
    approve(database, other, BEN, seen=text_digest("Edited."))
    with pytest.raises(ProductError, match=r"Post \d+ is queued now; ben approved it at 2026-03-01 12:01 UTC"):
        approve(database, other, ANNA)


def together(*actions: Callable[[], object]) -> list[str]:
    """Do all at once; return the code of each failure, or an empty string."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> str:
        start.wait(10)
        try:
            action()
        except ProductError as failure:
            return failure.code
        return ""

    with ThreadPoolExecutor(len(actions)) as people:
        return list(people.map(run, actions))


def test_of_two_people_who_decide_at_once_one_wins_and_the_other_is_told(
    database: Database, settings: Settings
) -> None:
    """Ten times, whoever comes first."""
    for number in range(10):
        post_id = hold(database, settings, f"Post number {number}.")
        approving, editing = partial(approve, database, post_id, ANNA), partial(edit, database, post_id, "x", BEN)
        seen = text_digest(f"Post number {number}.")
        codes = together(partial(approving, seen=seen), partial(editing, seen=seen))
        assert sorted(codes) in (["", "already_decided"], ["", "text_changed"])
        assert len(decisions(database, post_id)) == 1
        approvals.reject_post(database, post_id, BEN)


def test_approving_while_claims_run_publishes_the_post_once(database: Database, settings: Settings) -> None:
    """Claims in a row race the decision: nothing is claimed before it, and exactly one claim gets the post after."""
    post_id = hold(database, settings)
    decided = threading.Event()
    claims: list[int | None] = []
    early: list[bool] = []

    def keep_claiming() -> None:
        while not claims or claims[-1] is None:
            was_decided = decided.is_set()
            claims.append(claim(database, settings))
            early.append(claims[-1] is not None and not was_decided and not decided.wait(5))

    def decide() -> None:
        approve(database, post_id, ANNA)
        decided.set()

    assert together(keep_claiming, decide) == ["", ""]
    assert claims[-1] == post_id
    assert not any(early)
    assert claim(database, settings) is None
    assert steps(database, post_id)[-2:] == [("held", "queued"), ("queued", "claimed")]


def test_rejecting_while_claims_run_either_stops_the_post_or_comes_too_late(
    database: Database, settings_for: SettingsFor
) -> None:
    """Never both."""
    settings = settings_for(approval="off")
    (post_id,) = posts.enqueue_posts(database, [new_post(TEXT)], NOON)
    claimed: list[int | None] = []
    codes = together(
        lambda: claimed.append(claim(database, settings)), lambda: approvals.reject_post(database, post_id, BEN)
    )
    rejected = codes[1] == ""
    assert rejected is (claimed == [None])
    assert row(database, post_id).status == ("rejected" if rejected else "claimed")


@pytest.mark.slow
def test_a_held_post_and_an_approval_survive_a_restart_of_the_database(home: Path) -> None:
    """The server is stopped and started on the same data."""
    server = prepared(home)
    try:
        with running(server.program(), home):
            settings = Settings(home=home, database_url=SecretStr(server.url()), approval="all")
            migrate(settings)
            with open_database(settings) as database:
                approved, held = hold(database, settings), hold(database, settings, "Not yet.")
                approve(database, approved, ANNA)
        with running(server.program(), home), open_database(settings) as database:
            assert posts.expire_leases(database, NOON) == []
            assert [post.id for post in approvals.held_posts(database)] == [held]
            assert claim(database, settings) == approved
            assert [alert.key for alert in open_alerts(database)] == [POSTS_WAITING.key_of()]
    finally:
        server.remove()
