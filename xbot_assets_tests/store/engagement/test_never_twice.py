"""No post on X is answered twice: not by two planners at once, not by the queue and a person, not again later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.engagement.replies import queue_reply
from xbot_assets.store.engagement import authors as author_store
from xbot_assets.store.engagement import opportunities as opportunity_store
from xbot_assets.store.engagement import suggestions as suggestion_store
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing.posts import enqueue_posts, insert_posted_by_hand
from xbot_assets.store.publishing.rows import PostedByHand
from xbot_assets.testing.queueing import NOON

HOUR = timedelta(hours=1)
PLANNERS, POSTS = 4, 6


def row(x_post_id: str, **changes: object) -> dict[str, object]:
    """Return an open opportunity as it is stored."""
    plain: dict[str, object] = {
        "x_post_id": x_post_id,
        "handle": f"author_{x_post_id}",
        "source": "reply",
        "state": "open",
        "reason": "",
        "text": "What would you do?",
        "lang": "en",
        "in_reply_to": None,
        "conversation_id": x_post_id,
        "automated": False,
        "created_at": NOON - HOUR,
        "expires_at": NOON + 24 * HOUR,
    }
    return plain | changes


def reply(x_post_id: str, text: str) -> NewPost:
    """Return a reply to be queued."""
    return NewPost(
        text=text, topic="reply", format="reply", scheduled_at=NOON, reply_to_x_id=x_post_id, reply_to_handle="ann"
    )


def planned(database: Database, x_post_id: str, text: str) -> bool:
    """Queue a reply and close its opportunity, as planning does; say whether it was this one."""
    try:
        queue_reply(database, reply(x_post_id, text), NOON)
    except PermanentFailure as failure:
        return failure.code != FailureCode.ALREADY_ANSWERED  # anything else is no answer to this test
    return True


def test_planners_at_once_answer_each_post_once(database: Database) -> None:
    """Whoever is second is refused by the database, whatever it thinks."""
    opportunity_store.store_opportunities(database, [row(str(n)) for n in range(1, POSTS + 1)], NOON)
    tries = [
        (str(post), f"Words of {planner} on {post}.") for post in range(1, POSTS + 1) for planner in range(PLANNERS)
    ]
    with ThreadPoolExecutor(PLANNERS) as crowd:
        done = list(crowd.map(lambda one: planned(database, *one), tries))
    assert sum(done) == POSTS
    assert suggestion_store.answered_twice(database) == []
    answered = [one.reply_to_x_id for one in suggestion_store.recent_replies(database, 100)]
    assert sorted(answered) == [str(n) for n in range(1, POSTS + 1)]


def test_a_post_that_was_answered_is_refused_by_name_whoever_queues_it(database: Database) -> None:
    """Also without any opportunity, and by a person's hand; a reply that surely is not on X stands in nobody's way."""
    (first,) = enqueue_posts(database, [reply("7", "The first words.")], NOON)
    by_hand = PostedByHand("By hand.", "7", "ann", "70", "/us/status/70", NOON)
    for again in (
        lambda: enqueue_posts(database, [reply("7", "Other words.")], NOON),
        lambda: insert_posted_by_hand(database, by_hand, "owner", NOON),
    ):
        with pytest.raises(PermanentFailure) as caught:
            again()
        assert caught.value.code == "already_answered"
    database.execute("refuse_queued_post", id=first, code="engaged_only", reason="r", note="n", now=NOON)
    assert insert_posted_by_hand(database, by_hand, "owner", NOON) > first


def test_harvesting_again_changes_nothing_and_a_decision_stands(database: Database) -> None:
    """What is told twice is stored once; a post that was planned is not opened again."""
    assert len(opportunity_store.store_opportunities(database, [row("1"), row("1")], NOON)) == 1
    assert opportunity_store.store_opportunities(database, [row("1")], NOON) == []
    assert planned(database, "1", "An answer.")
    assert opportunity_store.store_opportunities(database, [row("1", source="mention")], NOON) == []
    assert not planned(database, "1", "Another answer.")


def test_a_post_of_the_pool_that_turns_to_us_becomes_inbound(database: Database) -> None:
    """It was filtered as a stranger's; as an answer to us it is judged anew."""
    filtered = row("1", source="search", state="filtered", reason="answered")
    opportunity_store.store_opportunities(database, [filtered], NOON)
    (now_inbound,) = opportunity_store.store_opportunities(database, [row("1")], NOON)
    assert (now_inbound.x_post_id, now_inbound.state) == ("1", "open")


def test_inbound_comes_first_then_what_is_relevant_and_rises(database: Database) -> None:
    """Oldest inbound first; a post that was read once only, or does not fit, waits."""
    pool = [row(str(n), source="search") for n in range(1, 5)]
    opportunity_store.store_opportunities(
        database, [*pool, row("8"), row("9", created_at=NOON - 2 * HOUR), row("5", expires_at=NOON)], NOON
    )
    opportunity_store.store_relevance(database, {"1": 0.8, "2": 0.8, "3": 0.2, "4": 0.8}, "model")
    opportunity_store.store_velocities(database, {"1": 2.0, "2": 5.0, "3": 99.0})
    ranked = opportunity_store.answerable(database, now=NOON, relevance=0.5, limit=10)
    assert [one.x_post_id for one in ranked] == ["9", "8", "2", "1"]


def test_too_old_posts_expire_and_the_least_promising_are_crowded_out(database: Database) -> None:
    """Inbound posts are never crowded out."""
    rows = [row(str(n), source="search") for n in range(1, 6)] + [row("9"), row("8", source="search", expires_at=NOON)]
    opportunity_store.store_opportunities(database, rows, NOON)
    opportunity_store.store_relevance(database, {str(n): n / 10 for n in range(1, 6)}, "keywords")
    assert opportunity_store.expire(database, NOON, 2) == 4
    assert opportunity_store.open_count(database, NOON) == 2
    expired = {
        one.reason: one.posts for one in opportunity_store.states_since(database, NOON) if one.state == "expired"
    }
    assert expired == {"crowded_out": 3, "too_old": 1}


def test_two_readings_are_kept_only_when_some_minutes_lie_between(database: Database) -> None:
    """Otherwise chance would rank the posts."""
    opportunity_store.store_opportunities(database, [row("1", source="search")], NOON)
    gap = timedelta(minutes=5)
    for minutes, likes in ((0, 1), (2, 2), (6, 3)):
        reading = {"x_post_id": "1", "read_at": NOON + timedelta(minutes=minutes), "likes": likes}
        opportunity_store.store_readings(database, [reading], gap)
    assert [reading.likes for reading in opportunity_store.newest_readings(database, ["1"])] == [3, 1]


def test_an_account_that_answers_within_seconds_again_and_again_is_a_bot(database: Database) -> None:
    """Three answers of a few seconds; somebody who was quick once is none."""
    for number in range(1, 4):
        own = PostedByHand(f"Post {number}.", f"5{number}", "x", f"10{number}", "/us/status/1", NOON)
        insert_posted_by_hand(database, own, "owner", NOON)
    quick = [
        row(f"2{n}", handle="Quick", in_reply_to=f"10{n}", created_at=NOON + timedelta(seconds=20)) for n in range(1, 4)
    ]
    slow = [row("31", handle="slow", in_reply_to="101", created_at=NOON + timedelta(seconds=20))]
    slow += [row(f"3{n}", handle="slow", in_reply_to=f"10{n}", created_at=NOON + HOUR) for n in range(2, 4)]
    opportunity_store.store_opportunities(database, quick + slow, NOON + HOUR)
    within = timedelta(seconds=60)
    noted = author_store.note_quick_answerers(database, answers=3, within=within, since=NOON - HOUR, now=NOON + HOUR)
    assert noted == 1
    assert [(one.handle, one.why) for one in author_store.unanswerable_authors(database)] == [("quick", "bot")]
    assert opportunity_store.refuse_unanswerable(database, NOON + HOUR) == 3
