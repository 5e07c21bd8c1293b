"""Who gets a post and when: order, one in hand, spacing, the daily cap, and many claimers at once."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from xbot_assets.domain.admission.refusal import RuleName
from xbot_assets.domain.owner_day import budget_day
from xbot_assets.domain.pace.admission import Wait
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.admission import Question, peek, take, why_not
from xbot_assets.store.publishing.approvals import Decider, reschedule_post
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.pace_rules import wait_now
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.queueing import (
    BUSY,
    NOON,
    REFUSED,
    SPACING,
    armed,
    claim,
    finish_published,
    finish_unconfirmed,
    new_post,
    queue,
    row,
)


def test_posts_are_claimed_when_due_oldest_first(database: Database) -> None:
    """Nothing before its time, and the longest waiting first."""
    later = NOON + timedelta(hours=1)
    posts.enqueue_posts(database, [new_post("late", later), new_post("early", NOON)], NOON)
    assert claim(database, NOON - timedelta(seconds=1)) is None
    held = claim(database, later)
    assert held is not None
    assert held.text == "early"


def test_only_one_post_is_in_hand(database: Database) -> None:
    """A second claim waits for the first to be finished."""
    queue(database, "one", "two")
    held = claim(database)
    assert held is not None
    assert claim(database, NOON + timedelta(hours=1)) is None
    posts.fail_post(database, held, REFUSED, NOON)
    assert claim(database) is not None


@pytest.mark.parametrize("finish", [finish_published, finish_unconfirmed])
def test_spacing_and_cap_count_posts_that_may_be_on_x(
    database: Database, finish: Callable[[Database, ClaimedPost, datetime], None]
) -> None:
    """Published or unconfirmed: the next waits the full spacing, and the cap of the day counts it."""
    finish(database, armed(database), NOON)
    queue(database, "next")
    for early in (NOON, NOON + SPACING - timedelta(seconds=1)):
        assert claim(database, early) is None
        refusal = peek(database, Question(open_limits(spacing=SPACING), early))
        assert refusal is not None
        assert (refusal.rule, refusal.until) == (RuleName.SPACING, NOON + SPACING)
    in_time = NOON + SPACING
    assert claim(database, in_time, cap=1) is None
    full = peek(database, Question(open_limits(1, spacing=SPACING), in_time))
    assert full is not None
    assert full.rule is RuleName.DAILY_CAP
    assert peek(database, Question(open_limits(2, spacing=SPACING), in_time)) is None
    assert claim(database, in_time, cap=2) is not None


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("UTC", datetime(2026, 3, 2, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # the end of a day of 23 hours
        ("Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC)),  # and of one of 25
    ],
)
def test_the_cap_starts_again_at_the_owner_s_midnight(database: Database, zone: str, midnight: datetime) -> None:
    """In the claim, the hint and the pace alike: a post of yesterday does not count, one of its first minute does."""
    limits = replace(open_limits(1, spacing=SPACING, zone=ZoneInfo(zone)), segment_spacing=timedelta(0))
    first = budget_day(midnight - timedelta(seconds=1), ZoneInfo(zone)).starts
    posts.enqueue_posts(database, [new_post("early", first), new_post("next", first)], first)
    held = take_post(database, limits, first)
    assert held is not None
    assert posts.arm_post(database, held, first)
    finish_published(database, held, first)
    for late in (first + SPACING, midnight - timedelta(seconds=1)):
        refusal = peek(database, Question(limits, late))
        assert refusal is not None
        assert (refusal.rule, refusal.until) == (RuleName.DAILY_CAP, midnight)
        assert take(database, Question(limits, late), lease=timedelta(minutes=15)) == refusal
        assert wait_now(database, PaceKind.POST, late, limits.pace) == Wait(midnight, refusal.sentence)
    assert wait_now(database, PaceKind.POST, midnight, limits.pace) is None
    assert peek(database, Question(limits, midnight)) is None
    assert take_post(database, limits, midnight) is not None


def test_a_post_put_off_again_and_again_is_late_by_the_time_it_was_meant_for(database: Database) -> None:
    """An outage of a day must not let a post of yesterday out unasked; a new time by a person starts anew."""
    (post_id,) = queue(database, "Yesterday's news.")
    now = NOON
    for _ in range(3):
        held = claim(database, now)
        assert held is not None
        assert posts.arm_post(database, held, now)
        posts.disarm_post(database, held, BUSY, now, not_before=now + SPACING)
        now += SPACING
    assert row(database, post_id).scheduled_at == now
    question = Question(replace(open_limits(), late_after=now - NOON - timedelta(seconds=1)), now)
    refusal = why_not(database, question, post_id)
    assert refusal is not None
    assert (refusal.rule, refusal.moves) == (RuleName.LATE, True)
    reschedule_post(database, post_id, now, Decider("Ann", now))
    assert why_not(database, question, post_id) is None


def test_a_disarmed_post_counts_neither_for_spacing_nor_for_the_cap(database: Database) -> None:
    """Nothing was submitted, so it may be claimed again at once."""
    posts.disarm_post(database, armed(database), BUSY, NOON)
    again = claim(database, cap=1)
    assert again is not None
    assert row(database, again.id).failure_code is None


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
                finish_published(database, won, now)
                seen.append(won.id)
    assert len(seen) == len(set(seen)) == cap


CLAIMER = """
import sys
from datetime import UTC, datetime
from pydantic import SecretStr
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post

noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
with open_database(Settings(database_url=SecretStr(sys.stdin.readline().strip()))) as db:
    print("ready", flush=True)
    sys.stdin.readline()
    while posts.queue_counts(db).get("queued"):
        held = take_post(db, open_limits(), noon, worker=sys.argv[1])
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
        outputs = list(ends.map(lambda process: process.communicate("go\n", timeout=PATIENCE)[0], crowd))
    assert all(process.returncode == 0 for process in crowd)
    assert sorted(int(line) for output in outputs for line in output.split()) == ids
    assert all(len(posts.post_events(database, post_id)) == 4 for post_id in ids)
