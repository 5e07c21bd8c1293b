"""May a post go now? The rules of ``domain/admission`` over what is stored: ``peek`` asks, ``take`` claims.

Both judge the same posts by the same functions. ``take`` does it under the locks that make its answer hold until the
claim is stored; ``peek`` is a hint that may be out of date when it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from xbot_assets.domain.admission.facts import AdmissionFacts, AdmissionLimits, QueueFacts
from xbot_assets.domain.admission.refusal import Refusal, RuleName
from xbot_assets.domain.admission.rules import NOTED, first_refusal
from xbot_assets.domain.alerts.account import hold_sentence
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.pace.pacing import PaceKind
from xbot_assets.domain.pace.rate import PaceFacts
from xbot_assets.domain.policy.facts import PolicyFacts, clock
from xbot_assets.domain.policy.rules import DAY
from xbot_assets.domain.posts.post import ClaimedPost
from xbot_assets.store.engine.database import Database, Statements, Transaction
from xbot_assets.store.publishing.breaker import breaker_wait
from xbot_assets.store.publishing.pace import lock_pace, pace_facts
from xbot_assets.store.publishing.policy import end_standstill, refuse_post, tell_standstill
from xbot_assets.store.publishing.posts import claim_post

_NEVER = datetime.max.replace(tzinfo=UTC)
"""Sorts what nobody can tell the end of behind everything else."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, when, and under which limits.

    Attributes:
        limits: what the owner allows.
        now: the product's time.
        worker: who asks; the breaker's probe does not stand in the way of its own holder.
    """

    limits: AdmissionLimits
    now: datetime
    worker: str = ""


@dataclass(frozen=True, slots=True)
class SeenAccount:
    """What is the same for every post: the hold, the post in hand, the last submission, the account, the next time."""

    hold: str | None
    in_hand: str | None
    last_activity: datetime | None
    next_due: datetime | None
    labelled_automated: bool | None
    account_created_at: datetime | None


@dataclass(frozen=True, slots=True)
class JudgedPost:
    """What the rules ask of one post: its place in the queue and its thread, its approval and its author."""

    id: int
    due: bool
    due_at: datetime | None
    meant_at: datetime
    segment: int | None
    size: int
    follows: bool
    before_at: datetime | None
    author: str | None
    approved: bool
    replies_to_author: list[datetime]
    author_engaged_at: datetime | None
    unanswerable: str | None
    replies_in_thread: int
    author_automated: bool


def peek(db: Statements, question: Question) -> Refusal | None:
    """Say why publishing has to wait, or ``None``: a post may go, or one is to be moved out of the queue.

    It takes no lock and stores nothing, but tells of a standstill of the whole account: without a run nobody else
    would.
    """
    judged = judge_due(db, question)
    refusals = [refusal for _, refusal in judged if refusal is not None and not refusal.moves]
    if len(refusals) < len(judged):
        return None
    for refusal in {refusal.rule: refusal for refusal in refusals if refusal.remedy}.values():
        tell_standstill(db, refusal, question.now)
    return _soonest(refusals) or _nothing_due(db, question)


def judge_due(db: Statements, question: Question) -> list[tuple[int, Refusal | None]]:
    """Return what the rules say of each due post, in the order in which they are claimed; nothing is stored."""
    return _judge(db, question, [row["id"] for row in db.fetch_all("due_post_ids", now=question.now)])


def why_not(db: Statements, question: Question, post_id: int) -> Refusal | None:
    """Say why one post may not go now, or ``None``; nothing is stored.

    Raises:
        PermanentFailure: ``no_such_post``.
    """
    judged = _judge(db, question, [post_id])
    if not judged:
        raise PermanentFailure(f"There is no post {post_id}.", code=FailureCode.NO_SUCH_POST)
    return judged[0][1]


def take(db: Database, question: Question, *, lease: timedelta) -> ClaimedPost | Refusal:
    """Claim the first due post that no rule refuses; what is to be held or rejected on the way there is moved.

    Args:
        db: the database.
        question: who claims, when, and under which limits.
        lease: how long the post belongs to the worker, in real time on the server's clock.

    Returns:
        The post; or the refusal by which one was moved out of the queue; or why nothing may go.
    """
    with db.transaction() as transaction:
        # Each in its own statement: what is read next must see what the holder before stored.
        transaction.execute("lock_claims")
        lock_pace(transaction)
        refusals: list[Refusal] = []
        for post_id, refusal in judge_due(transaction, question):
            answer = _take_one(transaction, question, post_id, refusal, lease)
            if isinstance(answer, ClaimedPost):
                return answer
            refusals += [answer] if answer is not None else []
        moved = next((refusal for refusal in refusals if refusal.moves), None)
        return moved or _soonest(refusals) or _nothing_due(transaction, question)


def _take_one(
    transaction: Transaction, question: Question, post_id: int, refusal: Refusal | None, lease: timedelta
) -> ClaimedPost | Refusal | None:
    """Claim one post, or do what the rule that refuses it says; ``None`` when somebody else has the post."""
    if refusal is not None and not refusal.moves:
        return _refused(transaction, question, post_id, refusal)
    # It was judged before its row was held; only from here on can nobody edit or move it.
    if transaction.fetch_one("lock_due_post", id=post_id, now=question.now) is None:
        return None
    ((_, refusal),) = _judge(transaction, question, [post_id])
    if refusal is not None:
        return _refused(transaction, question, post_id, refusal)
    end_standstill(transaction, question.now)
    return claim_post(transaction, post_id, worker=question.worker, now=question.now, lease=lease)


def _refused(transaction: Transaction, question: Question, post_id: int, refusal: Refusal) -> Refusal:
    if refusal.rule in NOTED:
        refuse_post(transaction, post_id, refusal, question.now)
    return refusal


def facts_of(db: Statements, question: Question, post_ids: Sequence[int]) -> list[tuple[int, AdmissionFacts]]:
    """Return what the rules may know of these posts, in any state and in their order; one that is not there is missing.

    Raises:
        PermanentFailure: ``pace_unknown`` or ``no_breaker`` when the state is missing: then nothing goes.
    """
    now, limits = question.now, question.limits
    terms = {"ids": list(post_ids), "now": now, "day_ago": now - DAY, "shadow": limits.shadow}
    judged = db.fetch_rows(JudgedPost, "admission_posts", **terms)
    if not judged:
        return []
    common = _Common(db, question)
    return [(post.id, common.facts(post)) for post in judged]


@dataclass(slots=True)
class _Common:
    """What is the same for all posts that are judged at one moment, read once."""

    db: Statements
    question: Question
    account: SeenAccount = field(init=False)
    breaker: str | None = field(init=False)
    pace: dict[PaceKind, PaceFacts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account = _account(self.db, self.question)
        self.breaker = breaker_wait(self.db, asker=self.question.worker)

    def facts(self, post: JudgedPost) -> AdmissionFacts:
        """Return what the rules may know of one post."""
        policy = self._policy(post)
        return AdmissionFacts(self._queue(post), self._pace(PaceKind.of(is_reply=policy.is_reply)), policy)

    def _queue(self, post: JudgedPost) -> QueueFacts:
        account = self.account
        return QueueFacts(
            due=post.due,
            due_at=post.due_at,
            meant_at=post.meant_at,
            hold=_hold_in_words(account),
            in_hand=account.in_hand,
            last_activity=account.last_activity,
            breaker=self.breaker,
            segment=post.segment,
            size=post.size,
            follows=post.follows,
            before_at=post.before_at,
        )

    def _policy(self, post: JudgedPost) -> PolicyFacts:
        limits, account = self.question.limits, self.account
        seen = account.labelled_automated
        return PolicyFacts(
            now=self.question.now,
            author=post.author,
            approved=post.approved,
            replies_to_author=tuple(post.replies_to_author),
            author_engaged_at=post.author_engaged_at,
            # What X's pages do not tell is taken from the owner's word.
            labelled_automated=limits.labelled_automated if seen is None else seen,
            account_created_at=account.account_created_at or limits.account_created_at,
            continues=bool(post.segment),
            unanswerable=post.unanswerable,
            replies_in_thread=post.replies_in_thread,
            author_automated=post.author_automated,
        )

    def _pace(self, kind: PaceKind) -> PaceFacts:
        if kind not in self.pace:
            self.pace[kind] = pace_facts(self.db, kind, self.question.now, self.question.limits.pace)
        return self.pace[kind]


def _judge(db: Statements, question: Question, post_ids: Sequence[int]) -> list[tuple[int, Refusal | None]]:
    return [(number, first_refusal(facts, question.limits)) for number, facts in facts_of(db, question, post_ids)]


def _account(db: Statements, question: Question) -> SeenAccount:
    account = db.fetch_row(SeenAccount, "admission_account", now=question.now, handle=question.limits.handle)
    if account is None:
        raise PermanentFailure(
            "The database did not answer what is known of the account.", code=FailureCode.ACCOUNT_UNKNOWN
        )
    return account


def _hold_in_words(account: SeenAccount) -> str | None:
    return None if account.hold is None else hold_sentence(account.hold)


def _soonest(refusals: Sequence[Refusal]) -> Refusal | None:
    """Return the refusal that ends first; of equals the one of the post that would go first."""
    return min(refusals, key=lambda refusal: refusal.until or _NEVER, default=None)


def _nothing_due(db: Statements, question: Question) -> Refusal:
    account = _account(db, question)
    hold = _hold_in_words(account)
    if hold is not None:
        return Refusal(RuleName.PUBLISHING_HOLD, hold)
    following = account.next_due
    sentence = f"No post is due before {clock(following)}." if following else "No post is due."
    return Refusal(RuleName.DUE, sentence, until=following)
