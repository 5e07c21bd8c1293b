"""Who puts posts into the queue in the simulated week, and who decides about them: planner, owner, person at the desk.

All of it by the product's own functions: planning with the sandbox's language model, the gates, approval, resume.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.steps.account.publishing_hold import resume_publishing
from xbot_assets.steps.content.plan_due import plan_wait
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.approval import ReviewContext, open_review, owners_time
from xbot_assets.store.publishing.approvals import Decider, approve_post, held_posts, reject_post
from xbot_assets.store.publishing.policy import InboundEngagement, hold_unapproved, insert_engagements
from xbot_assets.store.publishing.posts import enqueue_posts, recent_posts
from xbot_assets.testing.crash.stack import HANDLE
from xbot_assets.x.operations import Search

TEXTS = Path(__file__).parents[1] / "content" / "gate_texts.toml"
OPPORTUNITIES = 40
RECENT_POSTS = 200
"""More than a day of the week brings."""
SEARCH_SECONDS = 60.0
STRANGER_EVERY = 5
"""Every so many replies answer somebody who never engaged with the account."""
UNDECIDED_EVERY = 7
"""Every so many replies the person leaves for later, and never comes back to."""
OVERLONG_CHARS = 400
BY_HAND = "manual"


@dataclass(slots=True)
class People:
    """The people and the planner. ``refused`` counts what never became a post, by reason."""

    product: Product
    seed: int
    refused: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    waited: set[int] = field(default_factory=set)
    """Posts that were approved only after they were due."""
    resumed: list[datetime] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _targets: list[tuple[str, str]] = field(default_factory=list)
    _replies: int = 0
    _seen: list[int] = field(default_factory=list)
    _rng: Any = None

    def arrive(self) -> None:
        """Read what there is to answer, and note who engaged with the account."""
        self._rng = np.random.default_rng(self.seed)
        groups = tomllib.loads(TEXTS.read_text())["group"]
        self._texts = [text for group in groups if group["gate"] == "ok" for _, text in group["texts"]]
        results = self.product.x.run(
            Search(query="a", limit=OPPORTUNITIES), lane=Lane.HIGH, deadline_seconds=SEARCH_SECONDS
        )
        others = {post.handle: post.post_id for post in results.posts if post.handle != HANDLE and post.post_id}
        self._targets = [(str(post_id), handle) for handle, post_id in others.items()]
        now = self.product.clock.now()
        insert_engagements(
            self.product.database,
            [
                InboundEngagement(handle=handle, kind="reply", x_post_id=post_id, engaged_at=now)
                for number, (post_id, handle) in enumerate(self._targets)
                if number % STRANGER_EVERY
            ],
        )

    def plan(self) -> None:
        """Plan when a plan is due, as the schedule does."""
        if plan_wait(self.product) is not None:
            return
        try:
            plan_posts(self.product, self._rng)
        except ProductError as failure:
            self.refused[f"plan: {failure.code}"] += 1

    def owner(self, words: str) -> None:
        """Queue a post of the owner's for a time on their wall clock."""
        try:
            at = owners_time(words.replace(" ", "T"), self.product.settings)
        except PermanentFailure as failure:
            self.refused[f"owner: {failure.code}"] += 1
            return
        self._queue(self._texts.pop(0), at)

    def raw(self, kind: str, at: datetime) -> None:
        """Queue a text that no gate has seen."""
        since, newest = at - timedelta(days=1), recent_posts(self.product.database, RECENT_POSTS)
        published = [post for post in reversed(newest) if post.published_at and post.published_at >= since]
        text = published[0].text if kind == "repeated" and published else " ".join(self._texts)[:OVERLONG_CHARS]
        self._queue(text, at)

    def reply(self, at: datetime) -> None:
        """Queue a reply; in this mode it waits for a person."""
        post_id, handle = self._targets[self._replies % len(self._targets)]
        self._replies += 1
        self._queue(self._texts.pop(), at, "llm", reply_to_x_id=post_id, reply_to_handle=handle)
        hold_unapproved(self.product.database, self.product.settings, self.product.clock.now())

    def sit_down(self, *, trouble_is_over: bool) -> None:
        """Decide about what waits; lift a hold when its cause is gone."""
        product, now = self.product, self.product.clock.now()
        if trouble_is_over and product.account.hold_reason:
            resume_publishing(product.database, "owner", now)
            self.resumed.append(now)
        review = open_review(product.settings, product.database, product.clock)
        for row in held_posts(product.database):
            self._decide(review, row.id, row.scheduled_at, row.held_because or "")

    def _decide(self, review: ReviewContext, post_id: int, due: datetime, why: str) -> None:
        if post_id not in self._seen:
            self._seen.append(post_id)
        if self._seen.index(post_id) % UNDECIDED_EVERY == UNDECIDED_EVERY - 1:
            return
        by = Decider("the owner", review.clock.now())
        if why.startswith("late:"):
            self._reject(post_id, Decider("the owner", by.now, "It is too late for this one."), "late")
            return
        try:
            approve_post(review.database, post_id, by, check=review.check())
        except PermanentFailure as failure:
            self._reject(post_id, Decider("the owner", by.now, failure.reason), failure.code)
            return
        self.decisions["approved"] += 1
        if due <= by.now:
            self.waited.add(post_id)

    def _reject(self, post_id: int, by: Decider, why: str) -> None:
        reject_post(self.product.database, post_id, by)
        self.decisions[f"rejected: {why}"] += 1

    def _queue(self, text: str, at: datetime, source: str = BY_HAND, **reply: str) -> None:
        post = NewPost(text=text, topic=BY_HAND, format=BY_HAND, source=source, scheduled_at=at, **reply)
        try:
            enqueue_posts(self.product.database, [post], self.product.clock.now())
        except PermanentFailure as failure:
            self.refused[f"queue: {failure.code}"] += 1
