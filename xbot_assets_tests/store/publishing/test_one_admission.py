"""The hint and the claim are one decision: in random states ``peek`` says go exactly when ``take`` acts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.rows import dict_row

from xbot_assets.domain.admission.facts import AdmissionLimits
from xbot_assets.domain.admission.refusal import RuleName
from xbot_assets.domain.admission.rules import RULES
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.pace.pacing import PaceKind, PaceRules
from xbot_assets.domain.policy.facts import ApprovalMode
from xbot_assets.domain.policy.quiet import QuietHours
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.settings import Settings
from xbot_assets.store.account.publishing_holds import insert_hold
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts
from xbot_assets.store.publishing.admission import Question, facts_of, judge_due, peek, take, why_not
from xbot_assets.store.publishing.approvals import Decider, approve_post
from xbot_assets.store.publishing.breaker import breaker_wait
from xbot_assets.store.publishing.policy import hold_post, hold_unapproved
from xbot_assets.testing.admission import LEASE, open_limits, take_post
from xbot_assets.testing.queueing import NOON, code_of, new_post, queue

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Row = dict[str, Any]
STATES = ("queued", "queued", "queued", "held", "claimed", "armed", "unconfirmed", "published", "failed", "shadowed")
AGES = st.sampled_from([timedelta(0), MINUTE, 6 * MINUTE, 50 * MINUTE, 3 * HOUR, 11 * HOUR, 13 * HOUR, 25 * HOUR])
SEEN: set[str] = set()
"""Every answer that the examples came to."""


@dataclass(frozen=True)
class World:
    """One state of everything that a rule asks about; each post is a list of segments, one for a single post."""

    threads: list[list[tuple[str, timedelta]]]
    replies_to: str | None
    stopped: bool
    hold: bool
    paused: timedelta | None
    breaker: str | None
    approved: bool


THREADS = st.lists(st.lists(st.tuples(st.sampled_from(STATES), AGES), min_size=1, max_size=3), max_size=5)
WORLDS = st.builds(
    World,
    threads=THREADS,
    replies_to=st.sampled_from([None, None, "anna", "bob"]),
    stopped=st.booleans(),
    hold=st.sampled_from([False] * 7 + [True]),
    paused=st.sampled_from([None] * 5 + [-HOUR, HOUR]),
    breaker=st.sampled_from([None] * 5 + ["other", "w"]),
    approved=st.booleans(),
)
LIMITS = st.builds(
    replace,
    st.just(open_limits(spacing=5 * MINUTE)),
    pace=st.builds(
        lambda rules, hour, day, rate: PaceRules(
            {kind: replace(rules.pacing[kind], per_hour=hour, per_day=day, rate_start=rate) for kind in PaceKind},
            rules.zone,
        ),
        st.just(replace(Settings(rate_ceiling_per_hour=60, rate_floor_per_hour=0.05).pace_rules)),
        st.integers(1, 5),
        st.integers(1, 6),
        st.sampled_from([0.1, 1.0, 60.0]),
    ),
    policy=st.builds(
        replace,
        st.just(open_limits().policy),
        approval=st.sampled_from([ApprovalMode.OFF, ApprovalMode.OFF, ApprovalMode.ALL]),
        engaged_only=st.booleans(),
        label_needed=st.sampled_from([False, False, False, True]),
        quiet=st.sampled_from([None, None, None, QuietHours.parse("11:00-13:00")]),
        replies_per_author=st.integers(1, 2),
    ),
    shadow=st.booleans(),
)


def plant(raw: psycopg.Connection[Row], world: World) -> None:
    """Store it."""
    raw.execute("truncate posts, alerts, publishing_holds, engagements, unanswerable_authors restart identity cascade")
    raw.execute(b"insert into engagements (handle, kind, engaged_at) values ('anna', 'follow', %s)", (NOON - DAY,))
    if world.stopped and world.replies_to:
        words = b"insert into unanswerable_authors (handle, why, noted_at) values (%s, 'stop', %s)"
        raw.execute(words, (world.replies_to, NOON - DAY))
    in_hand = False
    for number, thread in enumerate(world.threads, 1):
        for place, (status, age) in enumerate(thread):
            state = "failed" if in_hand and status in {"claimed", "armed"} else status
            in_hand = in_hand or state in {"claimed", "armed"}
            plant_post(raw, 10 * number, place, len(thread), state, age, world)
    raw.execute(
        b"update pace_rates set rate = null, paused_until = %s, pause_reason = %s",
        (NOON + world.paused, "X says no.") if world.paused else (None, ""),
    )
    raw.execute(BREAKER_OPEN if world.breaker else BREAKER_CLOSED, {"holder": world.breaker})


BREAKER_OPEN = b"""update breakers set state = 'half_open', stopped_at = now(), retry_at = null, reason = 'X is down.',
    probe_holder = %(holder)s, probe_until = now() + interval '1 hour'"""
BREAKER_CLOSED = b"""update breakers set state = 'closed', stopped_at = null, retry_at = null, reason = '',
    probe_holder = null, probe_until = null"""


def plant_post(  # noqa: PLR0913, PLR0917 - what a row is made of
    raw: psycopg.Connection[Row], head: int, place: int, size: int, status: str, age: timedelta, world: World
) -> None:
    """Store one post, or one segment of a thread."""
    row: Row = {"id": head + place, "status": status, "text": f"Post {head + place}.", "topic": "sea", "format": "f"}
    row |= {"fingerprint": str(head + place), "scheduled_at": NOON - age if status == "queued" else NOON - DAY}
    row |= {"planned_at": NOON - 2 * DAY, "source": "manual" if world.approved else "llm"}
    if size > 1:
        row |= {"thread_id": head, "segment": place}
    elif world.replies_to:
        row |= {"reply_to_x_id": f"9{head}", "reply_to_handle": world.replies_to}
    if status in {"claimed", "armed"}:
        row |= {"claimed_by": "w", "claimed_at": NOON - age, "lease_until": system_now() + HOUR}
    if status in {"armed", "unconfirmed", "published", "failed", "shadowed"}:
        row |= {"armed_at": NOON - age}
    if status == "published":
        row |= {"published_at": NOON - age, "x_post_id": str(head + place)}
    insert = sql.SQL("insert into posts ({}) overriding system value values ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(map(sql.Placeholder, row))
    )
    raw.execute(insert, row)


@pytest.fixture
def raw(database_url: str) -> Iterator[psycopg.Connection[Row]]:
    """A connection for what no statement of the product would do."""
    connecting = psycopg.connect(database_url, autocommit=True, options="-c search_path=xbot", row_factory=dict_row)
    with connecting as opened:
        yield opened


def test_in_any_state_the_hint_says_go_exactly_when_a_claim_acts(
    database: Database, raw: psycopg.Connection[Row]
) -> None:
    """And where both refuse, they say the same; the posts' own answers add up to it."""

    @settings(max_examples=150, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(WORLDS, LIMITS)
    def holds(world: World, limits: AdmissionLimits) -> None:
        plant(raw, world)
        if world.hold:
            insert_hold(database, code=FailureCode.LOCKED, reason="X locked it.", remedy="", now=NOON)
        question = Question(limits, NOON, "w")
        each = judge_due(database, question)
        assert each == [(post_id, why_not(database, question, post_id)) for post_id, _ in each]
        hint = peek(database, question)
        assert (hint is None) == any(refusal is None or refusal.moves for _, refusal in each)
        taken = take(database, question, lease=LEASE)
        acted = isinstance(taken, ClaimedPost) or taken.moves
        assert hint == (None if acted else taken)
        if isinstance(taken, ClaimedPost):
            assert taken.id == next(post_id for post_id, refusal in each if refusal is None)
        SEEN.update("go" if refusal is None else refusal.rule for _, refusal in each)

    SEEN.clear()
    holds()
    assert len(SEEN) >= len(RuleName) / 2, SEEN


def test_the_breaker_s_probe_does_not_stand_in_its_own_holder_s_way(
    database: Database, raw: psycopg.Connection[Row]
) -> None:
    """Whoever else asks waits for it."""
    queue(database, "one")
    raw.execute(BREAKER_OPEN, {"holder": "prober"})
    refusal = peek(database, Question(open_limits(), NOON, "somebody"))
    assert refusal is not None
    assert (refusal.rule, refusal.until) == (RuleName.BREAKER, None)
    assert refusal.sentence == breaker_wait(database, asker="somebody")
    assert take_post(database, open_limits(), NOON, worker="somebody") is None
    assert peek(database, Question(open_limits(), NOON, "prober")) is None
    assert take_post(database, open_limits(), NOON, worker="prober") is not None


def test_a_hold_is_told_before_everything_else_and_stops_the_claim_itself(database: Database) -> None:
    """Also when it came between the look and the claim; a hold that is lifted leaves nothing behind."""
    question = Question(open_limits(), NOON)
    queue(database, "one")
    insert_hold(database, code=FailureCode.LOCKED, reason="X locked it.", remedy="", now=NOON)
    for answer in (peek(database, question), take(database, question, lease=LEASE)):
        assert not isinstance(answer, ClaimedPost)
        assert answer is not None
        assert (answer.rule, answer.sentence) == (RuleName.PUBLISHING_HOLD, "Publishing is on hold: X locked it.")
    nothing = peek(database, replace(question, now=NOON - HOUR))
    assert nothing is not None
    assert nothing.rule is RuleName.PUBLISHING_HOLD


def test_an_empty_queue_says_when_the_next_post_is_due(database: Database) -> None:
    """And nothing more when there is none."""
    question = Question(open_limits(), NOON)
    assert str(peek(database, question)) == "No post is due."
    (post_id,) = posts.enqueue_posts(database, [new_post("later", NOON + HOUR)], NOON)
    refusal = peek(database, question)
    assert refusal is not None
    assert (refusal.rule, refusal.until) == (RuleName.DUE, NOON + HOUR)
    assert take(database, question, lease=LEASE) == refusal
    own = why_not(database, question, post_id)
    assert own is not None
    assert (own.rule, own.until) == (RuleName.DUE, NOON + HOUR)
    assert why_not(database, replace(question, now=NOON + HOUR), post_id) is None


def test_a_post_that_a_person_edits_meanwhile_is_passed_over(database: Database, raw: psycopg.Connection[Row]) -> None:
    """Its row is held by somebody: the next one goes, and nobody waits."""
    first, second = queue(database, "one", "two")
    with raw.transaction():
        raw.execute("select from posts where id = %s for update", (first,))
        held = take_post(database, open_limits(), NOON)
        assert held is not None
        assert held.id == second


def test_nothing_goes_while_the_pace_or_the_breaker_is_unknown(
    database: Database, raw: psycopg.Connection[Row]
) -> None:
    """A missing row is a named failure, for who asks and for who claims; a post that is not there is one too."""
    question = Question(open_limits(), NOON)
    queue(database, "one")
    assert code_of(lambda: why_not(database, question, 99)) == "no_such_post"
    raw.execute("delete from pace_rates where kind = 'post'")
    assert code_of(lambda: peek(database, question)) == "pace_unknown"
    assert code_of(lambda: take(database, question, lease=LEASE)) == "pace_unknown"
    raw.execute("delete from breakers")
    assert code_of(lambda: peek(database, question)) == "no_breaker"
    assert posts.queue_counts(database) == {"queued": 1}


@pytest.mark.parametrize(("mode", "held"), [("off", 0), ("replies", 1), ("all", 2)])
def test_what_is_held_for_approval_beforehand_is_what_the_rule_would_hold(
    database: Database, mode: Literal["off", "replies", "all"], held: int
) -> None:
    """Two statements of one rule: the owner's own words and what was approved stay in the queue under both."""
    owner = Settings(approval=mode)
    answer = {"reply_to_x_id": "8", "reply_to_handle": "anna"}
    written = [new_post("Approved."), new_post("Not yet."), new_post("An answer.").model_copy(update=answer)]
    manual = {"source": "manual"}
    own = [new_post("My own.").model_copy(update=manual), new_post("Mine, too.").model_copy(update=manual)]
    own[1] = own[1].model_copy(update=answer | {"reply_to_x_id": "9"})
    ids = posts.enqueue_posts(database, [*written, *own], NOON)
    assert hold_post(database, ids[0], "approval: wait", NOON)
    approve_post(database, ids[0], Decider("Ann", NOON), check=lambda _db, _row: None)
    question = Question(replace(open_limits(), policy=owner.policy_limits), NOON)
    (rule,) = (rule for rule in RULES if rule.name is RuleName.APPROVAL)
    objects = [number for number, facts in facts_of(database, question, ids) if rule.objects(facts, question.limits)]
    assert hold_unapproved(database, owner, NOON) == objects
    assert len(objects) == held
