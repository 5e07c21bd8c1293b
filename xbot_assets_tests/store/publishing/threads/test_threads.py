"""Threads in the queue: who goes next, what they wait for, and what becomes of the rest when one breaks."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from xbot_assets.domain.admission.refusal import RuleName
from xbot_assets.domain.alerts.publishing import BROKEN_THREAD
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.domain.posts.post import ClaimedPost, NewPost
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts, threads
from xbot_assets.store.publishing.admission import Question, facts_of, judge_due, take, why_not
from xbot_assets.testing.admission import LEASE, open_limits, take_post
from xbot_assets.testing.queueing import (
    BUSY,
    NOON,
    REFUSED,
    SPACING,
    code_of,
    finish_published,
    finish_unconfirmed,
    new_post,
    row,
    steps,
)
from xbot_assets.testing.queueing import queue as queue_posts
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.store.publishing.threads.thread_rig import A_MOMENT, armed, claim, finished, queue_thread, states

MIDNIGHT = NOON + timedelta(hours=12)


def finish_failed(db: Database, held: ClaimedPost, now: object) -> None:
    """Let X refuse an armed post."""
    del now
    posts.fail_post(db, held, REFUSED, NOON)


def claim_at_once(db: Database, now: datetime) -> ClaimedPost | None:
    """Claim while others do, so without asking for the hint first."""
    return take_post(db, open_limits(spacing=SPACING), now)


def test_a_segment_waits_until_the_one_before_it_is_on_x_and_answers_it(database: Database) -> None:
    """It waits for a moment only, and goes before a post that has been due for longer."""
    first, second, third = queue_thread(database, "One.", "Two.", "Three.")
    held = armed(database)
    assert (held.id, held.answers_x_id, held.segment, held.segments) == (first, None, 0, 3)
    queue_posts(database, "A post.")
    posts.confirm_published(database, held, x_post_id="71", permalink=None, now=NOON)
    assert claim(database, NOON + A_MOMENT / 2) is None
    assert threads.next_segment_time(database, A_MOMENT, shadow=False) == NOON + A_MOMENT
    held = armed(database, NOON + A_MOMENT)
    assert (held.id, held.answers_x_id, held.reply_to_x_id) == (second, "71", None)
    posts.confirm_published(database, held, x_post_id="72", permalink=None, now=NOON + A_MOMENT)
    again = claim(database, NOON + 2 * A_MOMENT)
    assert again is not None
    assert (again.id, again.answers_x_id) == (third, "72")
    known = dict(facts_of(database, Question(open_limits(), NOON), [first, third]))
    assert (known[third].kind, known[third].continues, known[third].queue.size) == (PaceKind.POST, True, 1)
    assert (known[first].kind, known[first].continues, known[first].queue.size) == (PaceKind.POST, False, 3)


def test_an_unconfirmed_segment_keeps_the_rest_waiting_and_a_found_one_lets_it_go(database: Database) -> None:
    """Nothing is put below a post that may not be there."""
    first, second = queue_thread(database, "One.", "Two.")
    finished(database, finish_unconfirmed)
    assert claim(database, NOON + timedelta(hours=1)) is None
    refusal = why_not(database, Question(open_limits(), NOON + timedelta(hours=1)), second)
    assert refusal is not None
    assert (refusal.rule, refusal.sentence) == (
        RuleName.THREAD_ORDER,
        "Segment 2 of a thread waits until segment 1 is on X.",
    )
    posts.confirm_on_x(database, first, x_post_id="7", permalink=None, published_at=NOON, now=NOON)
    assert finished(database, now=NOON + timedelta(hours=1)) == second


def test_an_interrupted_segment_is_claimed_again_below_the_same_post(database: Database) -> None:
    """By whoever comes next."""
    first, second = queue_thread(database, "One.", "Two.")
    finished(database)
    later = NOON + A_MOMENT
    posts.disarm_post(database, armed(database, later), BUSY, later)
    held = claim(database, later)
    assert held is not None
    assert (held.id, held.answers_x_id) == (second, str(first))


def test_a_thread_begins_only_when_all_of_it_fits_under_the_days_cap_and_its_room_is_kept(database: Database) -> None:
    """A post that is due meanwhile does not take the last segment's place, nor does the thread exceed the cap."""
    queue_thread(database, "One.", "Two.", "Three.", due=NOON - SPACING)
    assert claim(database, NOON, cap=2) is None
    queue_posts(database, "A post.")
    first = claim(database, cap=4)
    assert first is not None
    posts.arm_post(database, first, NOON)
    posts.mark_unconfirmed(database, first, REFUSED, NOON)
    assert claim(database, NOON + SPACING, cap=3) is None
    posts.confirm_on_x(database, first.id, x_post_id="7", permalink=None, published_at=NOON, now=NOON)
    for turn in (1, 2):
        assert claim(database, NOON + turn * A_MOMENT, cap=turn) is None
        finished(database, now=NOON + turn * A_MOMENT)
    assert claim(database, NOON + 2 * SPACING, cap=3) is None
    assert claim(database, NOON + 2 * SPACING, cap=4) is not None
    assert claim(database, MIDNIGHT, cap=3) is None, "one is in hand"


@pytest.mark.parametrize(
    ("texts", "cap", "reason"),
    [
        (["One."], 24, "from 2 to 25 segments, not 1"),
        ([f"Number {n}." for n in range(26)], 26, "from 2 to 25 segments, not 26"),
        (["One.", "Two.", "Three."], 2, "A thread of 3 never fits"),
    ],
)
def test_a_thread_that_could_never_be_published_is_refused_when_it_is_queued(
    database: Database, texts: list[str], cap: int, reason: str
) -> None:
    """With the reason, and nothing of it is kept."""
    with pytest.raises(PermanentFailure, match=reason):
        queue_thread(database, *texts, cap=cap)
    assert posts.queue_counts(database) == {}


def test_a_thread_is_queued_whole_or_not_at_all(database: Database) -> None:
    """Two segments that read the same, one that answers somebody, or two times for one thread."""
    assert code_of(lambda: queue_thread(database, "The same.", "The same!")) == "duplicate_text"
    reply = new_post("To you.").model_copy(update={"reply_to_x_id": "9", "reply_to_handle": "anna"})
    for other in (reply, new_post("Later.", MIDNIGHT)):
        both: list[NewPost] = [new_post("One."), other]
        assert code_of(partial(threads.enqueue_thread, database, both, NOON, daily_cap=9)) == "bad_thread"
    assert posts.queue_counts(database) == {}


@pytest.mark.parametrize("died", [False, True])
def test_the_rest_of_a_broken_thread_goes_to_a_person_whoever_died_in_between(
    database: Database, *, died: bool
) -> None:
    """A rule of each cycle: it is told once, with the place, and nothing goes out below the gap."""
    first, second, third, fourth = queue_thread(database, "One.", "Two.", "Three.", "Four.")
    finished(database)
    finished(database, finish_failed, NOON + A_MOMENT)
    assert claim(database, NOON + timedelta(hours=1)) is None
    if not died:
        assert threads.hold_broken_threads(database, NOON, shadow=False) == [first]
    threads.hold_broken_threads(database, NOON, shadow=False)
    assert states(database, [first, second, third, fourth]) == ["published", "failed", "held", "held"]
    assert steps(database, fourth)[-1] == ("queued", "held")
    told = {alert.key: alert for alert in open_alerts(database)}[BROKEN_THREAD.key_of(thread_id=first)]
    assert (told.severity, told.times_seen) == ("critical", 1)
    assert "broke at segment 2 of 4: X said no. 1 segment(s) are on X" in told.reason
    assert f"xbot approve reject {third}" in told.remedy


def test_a_thread_of_shadow_mode_goes_on_there_and_never_for_real(database: Database) -> None:
    """Live, its next segment would stand alone on X."""
    first, second, third = queue_thread(database, "One.", "Two.", "Three.")
    for turn, expected in ((0, first), (1, second)):
        held = claim(database, NOON + turn * A_MOMENT, shadow=True)
        assert held is not None
        assert (held.id, held.answers_x_id) == (expected, None)
        posts.arm_post(database, held, NOON + turn * A_MOMENT)
        posts.mark_shadowed(database, held, NOON)
    later = NOON + timedelta(hours=1)
    assert claim(database, later) is None
    assert threads.broken_threads(database, shadow=True) == []
    assert threads.hold_broken_threads(database, later, shadow=False) == [first]
    assert states(database, [third]) == ["held"]


def test_a_late_thread_is_judged_by_its_first_segment_and_a_begun_one_as_any_post(database: Database) -> None:
    """Holding one segment holds all that waits of the thread."""
    begun = queue_thread(database, "One.", "Two.", "Three.")
    finished(database)
    waiting = queue_thread(database, "Four.", "Five.")
    question = Question(replace(open_limits(), late_after=timedelta(hours=1)), NOON + timedelta(days=1))
    rules = {number: refusal and refusal.rule for number, refusal in judge_due(database, question)}
    late, ordered = RuleName.LATE, RuleName.THREAD_ORDER
    assert rules == {begun[1]: late, begun[2]: ordered, waiting[0]: late, waiting[1]: ordered}
    take(database, question, lease=LEASE)
    assert states(database, [*begun, *waiting]) == ["published", *["held"] * 4]


def test_of_eight_claimers_at_once_one_gets_each_segment(database: Database) -> None:
    """In order, and none goes to two; the post that is due as well waits until the thread has ended."""
    ids = queue_thread(database, "One.", "Two.", "Three.")
    (single,) = queue_posts(database, "A post.")
    won: list[int] = []
    with ThreadPoolExecutor(8) as crowd:
        for turn in range(4):
            now = NOON + turn * A_MOMENT
            held = [
                held_post
                for held_post in crowd.map(lambda _, at=now: claim_at_once(database, at), range(8))
                if held_post is not None
            ]
            won += [held_post.id for held_post in held]
            for held_post in held:
                posts.arm_post(database, held_post, now)
                finish_published(database, held_post, now)
    assert won == ids
    assert states(database, [single]) == ["queued"]


def test_quiet_hours_let_a_begun_thread_end_and_no_thread_begin(database: Database, settings_for: SettingsFor) -> None:
    """Half a thread over night is worse than a post at night."""
    settings = settings_for(quiet_hours="12:00-14:00")
    first, second = queue_thread(database, "One.", "Two.", due=NOON - A_MOMENT)
    assert claim(database, settings=settings) is None
    held = claim(database, NOON - A_MOMENT, settings=settings)
    assert held is not None
    assert (held.id, posts.arm_post(database, held, NOON - A_MOMENT)) == (first, True)
    posts.confirm_published(database, held, x_post_id="7", permalink=None, now=NOON - A_MOMENT)
    held = claim(database, settings=settings)
    assert held is not None
    assert held.id == second


def test_the_owners_day_has_room_for_the_whole_thread_or_it_waits(
    database: Database, settings_for: SettingsFor
) -> None:
    """A thread that would not fit does not begin."""
    queue_thread(database, "One.", "Two.", "Three.")
    assert claim(database, settings=settings_for(posts_per_day_max=2)) is None
    assert claim(database, settings=settings_for(posts_per_day_max=3)) is not None


def test_the_list_of_posts_knows_each_ones_place(database: Database) -> None:
    """For the pages; a single post has none."""
    first, second = queue_thread(database, "One.", "Two.")
    (single,) = queue_posts(database, "A post.")
    places = [(row(database, n).segment, row(database, n).segments) for n in (first, second, single)]
    assert places == [(0, 2), (1, 2), (None, 0)]
