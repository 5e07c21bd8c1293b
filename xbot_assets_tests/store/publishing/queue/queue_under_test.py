"""A queue on a real PostgreSQL with what a test knows of it: its clock, who holds a post, and what was stored last."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

import psycopg

from xbot_assets.domain.admission.facts import AdmissionLimits
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.lifecycle import FINAL, IN_HAND
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.settings import Settings
from xbot_assets.store.content import emergency_pool
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import approvals, policy, posts
from xbot_assets.store.publishing.admission import Question, peek, take
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.manual_recovery import decide_absent
from xbot_assets.store.publishing.policy import InboundEngagement
from xbot_assets.testing.admission import unhurried
from xbot_assets.testing.queueing import BUSY, NOON, REFUSED, SPACING, UNSURE
from xbot_assets_tests.store.publishing.queue.queue_story import Story, read_story

CAP = 2
"""Most posts of a day; few, so that many paths meet it."""
LONG, OVER = timedelta(minutes=15), timedelta(0)
"""A lease that outlives the test, and one that has run out when it begins."""
MOST_ROUNDS = 60
"""Rounds within which every post of a path must be brought to an end: at most some 40 posts, CAP of them a day."""
CLICKED = {"publish", "unconfirmed"}
"""The outcomes with which X has the post."""
ODD = 4
"""One time in so many a rule takes any post at all, whatever its state."""

Outcome = Callable[[Database, ClaimedPost], object]


class QueueUnderTest:
    """One queue. Subclass with the class attributes set."""

    db: ClassVar[Database]
    raw: ClassVar[psycopg.Connection[dict[str, Any]]]
    settings: ClassVar[Settings]
    visited: ClassVar[set[tuple[str | None, str]]]
    """Every change that any path has made."""

    def __init__(self) -> None:
        """Begin with an empty queue at noon."""
        super().__init__()
        self.raw.execute("truncate posts, alerts restart identity cascade")
        policy.insert_engagements(self.db, [InboundEngagement(handle="anna", kind="reply", engaged_at=NOON)])
        self.now = NOON
        self.known = Story({}, [])
        self.held: ClaimedPost | None = None
        self.worker, self.lease_runs = "", False
        self.lost: list[ClaimedPost] = []
        self.on_x: Counter[int] = Counter()
        self.numbers = iter(range(1, 10_000))

    def bring_to_an_end(self) -> None:
        """Bring every post to a final state by what a worker's cycle and a person can do."""
        rounds = 0
        while not set(self.look_again().status.values()) <= FINAL:
            assert (rounds := rounds + 1) <= MOST_ROUNDS
            self.one_more_day()
        self.known.check(spacing=SPACING, cap=CAP)

    def one_more_day(self) -> None:
        """What the next cycles and a person do."""
        self.expire(self.worker or None)
        self.now += timedelta(days=1)
        for post_id, status in self.known.status.items():
            self.help_on(post_id, status)
        for _ in range(CAP):
            self.now += SPACING
            claim = self.claim_as("last", LONG)
            if claim is not None:
                assert posts.arm_post(self.db, claim, self.now)
                posts.confirm_published(self.db, claim, x_post_id=str(next(self.numbers)), permalink=None, now=self.now)
                self.click(claim.id)

    def help_on(self, post_id: int, status: str) -> None:
        """One post that waits for somebody else than a worker gets what it waits for."""
        if status == "unconfirmed" and not self.on_x[post_id]:
            decide_absent(self.db, post_id, Decider("anna", self.now, "not there"), again=True)
        elif status == "unconfirmed":
            self.find(post_id, str(next(self.numbers)))
        elif status == "held":
            by = Decider("anna", self.now, "at last")
            approvals.approve_post(self.db, post_id, by, check=lambda _, __: None)
        elif status == "emergency_pool":
            emergency_pool.retire_pooled_post(self.db, post_id, "too old", self.now)

    def expire(self, dead: str | None) -> list[int]:
        """End the leases; a worker that had stored its intent clicked before it died, as the worst case is."""
        taken = posts.expire_leases(self.db, self.now, dead=dead)
        for row in taken:
            if row.from_status == "armed":
                self.click(row.id)
        return [row.id for row in taken]

    def click(self, post_id: int) -> None:
        """X gets the post: the one thing that must never happen twice."""
        self.on_x[post_id] += 1
        assert self.on_x[post_id] == 1

    def claim(self, worker: str, lease: timedelta) -> None:
        """Claim, and see that nothing forbade it."""
        claim = self.claim_as(worker, lease)
        if claim is not None:
            assert self.known.numbers_in(*IN_HAND) == []
            assert self.known.status[claim.id] == "queued"
            assert claim.scheduled_at <= self.now
            self.held, self.worker, self.lease_runs = claim, worker, lease > OVER
            self.look_again()

    def claim_as(self, worker: str, lease: timedelta) -> ClaimedPost | None:
        """Claim under the rules of publishing; the sensor's hint must agree."""
        question = Question(self.limits(), self.now, worker)
        hint = peek(self.db, question)
        before = self.look_again()
        taken = take(self.db, question, lease=lease)
        # Not looked at again: whoever claims compares with what was known before.
        acted = read_story(self.raw) != before
        assert acted == (isinstance(taken, ClaimedPost) or taken.moves)
        assert hint == (None if acted else taken), "the hint and the claim are one decision"
        return taken if isinstance(taken, ClaimedPost) else None

    def limits(self) -> AdmissionLimits:
        """Return the limits of the settings, with the day's own and a pace that X's pauses alone stop."""
        return replace(unhurried(self.settings, CAP), spacing=SPACING)

    def find(self, post_id: int, x_post_id: str) -> None:
        """A look finds the post, as made a moment after the intent."""
        unconfirmed = {row.id: row.armed_at for row in posts.unconfirmed_posts(self.db)}
        at = unconfirmed.get(post_id, self.now)
        posts.confirm_on_x(self.db, post_id, x_post_id=x_post_id, permalink="/p", published_at=at, now=self.now)

    def miss(self, post_id: int) -> None:
        """A look does not find the post."""
        posts.record_look(self.db, post_id, self.now)

    def refused(self, action: Callable[[], object], code: str) -> None:
        """Expect a refusal with this code that changes nothing."""
        assert self.attempt(action, {code}) == code

    def attempt(self, action: Callable[[], object], codes: set[str]) -> str | None:
        """Do it, or get one of these refusals; whatever is refused changes nothing."""
        before = self.known
        try:
            action()
        except ProductError as failure:
            code = failure.code
        else:
            return None
        assert code in codes
        assert self.look_again() == before
        return code

    def look_again(self) -> Story:
        """Read everything that is stored about the posts, and keep it."""
        self.known = read_story(self.raw)
        return self.known

    def any_post(self, which: int, *states: str) -> int:
        """Return the number of some post, mostly of one in these states; 0, which none has, when there is none."""
        known = (which % ODD and self.known.numbers_in(*states)) or sorted(self.known.rows)
        return known[which % len(known)] if known else 0

    def holding(self) -> ClaimedPost:
        """Return the claim of the one worker that holds a post."""
        assert self.held is not None
        return self.held

    def let_go(self) -> None:
        """The holder has lost its post; it may come back later and must be refused."""
        self.lost.append(self.holding())
        self.held = None

    def outcomes(self, x_post_id: str) -> dict[str, tuple[set[str], Outcome]]:
        """Return everything a worker can do with its claim, and in which states it may."""
        now = self.now
        publish = partial(posts.confirm_published, x_post_id=x_post_id, permalink="/p", now=now)
        leave_unconfirmed = partial(posts.mark_unconfirmed, failure=UNSURE, now=now)
        return {
            "publish": ({"armed"}, publish),
            "unconfirmed": ({"armed"}, leave_unconfirmed),
            "unconfirmed without a click": ({"armed"}, leave_unconfirmed),
            "disarm": ({"armed"}, lambda db, held: posts.disarm_post(db, held, BUSY, now, not_before=now + SPACING)),
            "fail": ({"claimed", "armed"}, lambda db, held: posts.fail_post(db, held, REFUSED, now)),
            "shadow": ({"claimed", "armed"}, lambda db, held: posts.mark_shadowed(db, held, now)),
        }
