"""Random paths of the queue: planner, workers, rules, people, looks and a moving clock, on a real PostgreSQL.

After every step the stored rows and events must tell a story that keeps every promise (``queue_story.py``); at the end
every post is brought to a final state by what a worker's cycle and a person can do.
"""

import itertools
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from xbot_assets.settings import Settings
from xbot_assets.store.content import emergency_pool
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import approvals, policy, posts
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.manual_recovery import decide_absent
from xbot_assets.testing.queueing import SPACING, new_post
from xbot_assets_tests.store.publishing.queue.queue_under_test import CAP, CLICKED, LONG, OVER, QueueUnderTest

LATE, DAY = timedelta(hours=12), timedelta(hours=25)
"""After so long a post is too late; and surely another day."""
TEXTS = st.sampled_from(["one", "two", "three", "four", "five", "six"])
DELAYS = st.sampled_from([timedelta(0), timedelta(0), timedelta(minutes=10), timedelta(hours=3), timedelta(days=1)])
WORKERS = st.sampled_from(["w1", "w2", "w3"])
WAITS = st.sampled_from([timedelta(0), SPACING, timedelta(hours=1), timedelta(hours=25)])
LEASES = st.sampled_from([LONG, LONG, OVER])
ANY = st.integers(0, 1_000)
OUTCOMES = st.sampled_from(["publish", "unconfirmed", "unconfirmed without a click", "disarm", "fail", "shadow"])

ANSWERED = itertools.count(9)
"""Posts of others: each is answered once."""


class QueueMachine(QueueUnderTest, RuleBasedStateMachine):
    """The steps that a path is made of."""

    # -- the planner

    @initialize()
    def begin(self) -> None:
        """A few posts wait, so that no path is spent on an empty queue."""
        texts = ("red", "green", "blue", "grey")
        posts.enqueue_posts(self.db, [new_post(text, self.now) for text in texts], self.now)

    @rule(text=TEXTS, delay=DELAYS, to=st.sampled_from([None, None, "anna", "bob"]))
    def enqueue(self, text: str, delay: timedelta, to: str | None) -> None:
        """Queue a post, or a reply to somebody who engaged (anna) or never did (bob)."""
        answer = {"reply_to_x_id": str(next(ANSWERED)), "reply_to_handle": to} if to else {}
        post = new_post(text, self.now + delay).model_copy(update=answer)
        self.attempt(lambda: posts.enqueue_posts(self.db, [post], self.now), {"duplicate_text"})

    @rule(text=TEXTS)
    def keep_in_pool(self, text: str) -> None:
        """Put a post into the emergency emergency_pool."""
        emergency_pool.add_to_pool(self.db, [new_post(text, self.now)], self.now)

    @precondition(lambda self: self.known.numbers_in("emergency_pool"))
    @rule(which=ANY, away=st.booleans())
    def take_from_pool(self, which: int, away: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        """Queue a pooled post, or retire it."""
        post_id = self.any_post(which, "emergency_pool")
        if away:
            emergency_pool.retire_pooled_post(self.db, post_id, "too old", self.now)
            return
        take = partial(
            emergency_pool.queue_pooled_post, self.db, post_id, scheduled_at=self.now, features={}, now=self.now
        )
        self.attempt(take, {"duplicate_text"})

    # -- workers

    @precondition(lambda self: self.held is None)
    @rule(worker=WORKERS, wait=WAITS, lease=LEASES, then_arm=st.booleans())
    def begin_a_cycle(self, worker: str, wait: timedelta, lease: timedelta, then_arm: bool) -> None:  # noqa: FBT001
        """A worker claims after a while, and may arm the post."""
        self.now += wait
        self.claim(worker, lease)
        if self.held is not None and then_arm:
            self.arm()

    @precondition(lambda self: self.held is None)
    @rule(worker=WORKERS, wait=WAITS, outcome=OUTCOMES)
    def go_through_a_cycle(self, worker: str, wait: timedelta, outcome: str) -> None:
        """A worker claims, arms and comes to an end."""
        self.begin_a_cycle(worker, wait, LONG, then_arm=True)
        if self.held is not None:
            self.finish(outcome)

    @precondition(lambda self: self.held is None)
    @rule(worker=WORKERS, outcomes=st.lists(OUTCOMES, min_size=CAP + 1, max_size=CAP + 2))
    def work_off_the_queue(self, worker: str, outcomes: list[str]) -> None:
        """A worker goes through more cycles in a row than the day has room for."""
        for outcome in outcomes:
            self.go_through_a_cycle(worker, SPACING, outcome)
            self.the_story_keeps_every_promise()
            if self.held is not None:
                return

    @rule(worker=WORKERS, lease=LEASES)
    def claim_beside_another(self, worker: str, lease: timedelta) -> None:
        """A worker claims whether or not another holds a post."""
        self.claim(worker, lease)

    @precondition(lambda self: self.held is not None)
    @rule()
    def arm(self) -> None:
        """Store the intent; refused in a word when the lease has run out."""
        claim, before = self.holding(), self.known
        if before.status[claim.id] != "claimed":
            self.refused(lambda: posts.arm_post(self.db, claim, self.now), "lost_fence")
            return
        assert posts.arm_post(self.db, claim, self.now) == self.lease_runs
        self.look_again()
        assert self.lease_runs or self.known == before

    @precondition(lambda self: self.held is not None)
    @rule(outcome=OUTCOMES)
    def finish(self, outcome: str) -> None:
        """The holder says how it ended; what its post's state does not allow is refused."""
        claim = self.holding()
        states, action = self.outcomes(str(next(self.numbers)))[outcome]
        if self.known.status[claim.id] not in states:
            self.refused(lambda: action(self.db, claim), "lost_fence")
            return
        action(self.db, claim)
        if outcome in CLICKED:
            self.click(claim.id)
        self.let_go()

    @precondition(lambda self: self.lost)
    @rule(which=ANY, outcome=st.one_of(OUTCOMES, st.just("arm")))
    def come_back_too_late(self, which: int, outcome: str) -> None:
        """A worker that lost its post tries to change it all the same."""
        claim = self.lost[which % len(self.lost)]
        outcomes = self.outcomes("999999")
        action = outcomes[outcome][1] if outcome in outcomes else lambda db, held: posts.arm_post(db, held, self.now)
        self.refused(lambda: action(self.db, claim), "lost_fence")

    @precondition(lambda self: self.held is None)
    @rule(worker=WORKERS, then_arm=st.booleans(), outcome=OUTCOMES)
    def fall_asleep_and_come_back(self, worker: str, then_arm: bool, outcome: str) -> None:  # noqa: FBT001
        """A worker is taken for dead, another gets its post, and then the first goes on where it was.

        It is a day later, so that no cap of the day before forbids the claim.
        """
        self.begin_a_cycle("sleeper", DAY, LONG, then_arm=False)
        if self.held is not None:
            self.take_from_the_dead("sleeper")
            self.begin_a_cycle(worker, timedelta(0), LONG, then_arm=then_arm)
            self.look_again()
            self.come_back_too_late(len(self.lost) - 1, outcome)

    @precondition(lambda self: self.held is not None)
    @rule(dead=st.one_of(st.none(), WORKERS))
    def take_from_the_dead(self, dead: str | None) -> None:
        """Leases that ran out end, and so does that of a worker known to be dead."""
        taken = self.expire(dead)
        assert len(taken) <= 1
        if taken:
            assert taken == [self.holding().id]
            self.let_go()
            self.look_again()

    # -- rules

    @rule(which=ANY)
    def hold(self, which: int) -> None:
        """A rule asks a person about one post."""
        policy.hold_post(self.db, self.any_post(which), "because", self.now)

    @rule()
    def hold_unapproved(self) -> None:
        """What needs approval is held before its time; what is too late, the claim holds."""
        policy.hold_unapproved(self.db, self.settings, self.now)

    # -- people

    @rule(which=ANY, text=TEXTS, what=st.sampled_from(["approve", "approve", "edit", "reject", "reschedule"]))
    def decide(self, which: int, text: str, what: str) -> None:
        """A person decides about any post at all."""
        post_id, by = self.any_post(which, "held", "queued"), Decider("anna", self.now, "because")
        decisions: dict[str, Any] = {
            "approve": lambda: approvals.approve_post(self.db, post_id, by, check=lambda _, __: None),
            "edit": lambda: approvals.edit_post(self.db, post_id, text, by, check=lambda _, __: None),
            "reject": lambda: approvals.reject_post(self.db, post_id, by),
            "reschedule": lambda: approvals.reschedule_post(self.db, post_id, self.now + SPACING, by),
        }
        self.attempt(decisions[what], {"already_decided", "duplicate_text", "no_such_post"})

    # -- looks at X

    @rule(which=ANY)
    def look(self, which: int) -> None:
        """A completed look at X finds the post if it is there."""
        post_id, number = self.any_post(which, "unconfirmed"), str(next(self.numbers))
        action = partial(self.find, post_id, number) if self.on_x[post_id] else partial(self.miss, post_id)
        if self.known.status.get(post_id) == "unconfirmed":
            action()
        else:
            self.refused(action, "not_unconfirmed")

    @rule(which=ANY, again=st.booleans())
    def decide_what_is_not_there(self, which: int, again: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        """A person saw that an unconfirmed post is not on X: it is queued again, or dropped."""
        post_id = self.any_post(which, "unconfirmed")
        if not self.on_x[post_id]:
            by = Decider("anna", self.now, "not there")
            absent = partial(decide_absent, self.db, post_id, by, again=again)
            self.attempt(absent, {"already_decided", "no_such_post"})

    @rule(by=st.sampled_from([timedelta(minutes=1), SPACING, timedelta(hours=1), LATE, DAY]))
    def time_passes(self, by: timedelta) -> None:
        """The product's clock goes on."""
        self.now += by

    @invariant()
    def the_story_keeps_every_promise(self) -> None:
        """What is stored is checked after every step."""
        self.look_again()
        self.known.check(spacing=SPACING, cap=CAP)
        self.visited.update(self.known.changes())

    def teardown(self) -> None:
        """No path leads into a state without a way out."""
        self.bring_to_an_end()


def machine_on(db: Database, raw: psycopg.Connection[dict[str, Any]], settings: Settings) -> type[QueueMachine]:
    """Return the machine for one database."""

    class MachineOnOneDatabase(QueueMachine):
        pass

    MachineOnOneDatabase.db, MachineOnOneDatabase.raw, MachineOnOneDatabase.settings = db, raw, settings
    MachineOnOneDatabase.visited = set()
    return MachineOnOneDatabase
