"""What people decide about posts before they are published: approve, edit, reject, reschedule.

    held -> queued    approved
         -> held      edited, rescheduled
         -> rejected
    queued -> queued  rescheduled
           -> held      edited
           -> rejected

A person reads a thread as one: approving, rejecting and rescheduling one of its segments do so to all that wait of it;
an edit is one segment's. The rest of a thread that broke cannot be approved.

The post's row is locked while a decision is made, so of two people one decides and the other is told.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from xbot_assets.domain.alerts.publishing import BROKEN_THREAD
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.learning.features import edited_features
from xbot_assets.domain.posts.due_times import refuse_time
from xbot_assets.domain.posts.post import PostStatus, fingerprint
from xbot_assets.domain.posts.presentable import shows_nothing
from xbot_assets.store.alerts import resolve_alert
from xbot_assets.store.engine.database import Database, Statements, Transaction
from xbot_assets.store.publishing.policy import tell_waiting
from xbot_assets.store.publishing.rows import (
    HeldPost,
    LastDecision,
    LockedPost,
    LockedSegment,
    PastDecision,
    ReviewedPost,
)

JUDGED_AGAINST_MAX = 2500
"""As when the text was planned."""

LONGEST_NAME = 80
LONGEST_REASON = 500

_BETWEEN_SEGMENTS = "\0"
"""No text of PostgreSQL holds it, so two different threads never read the same."""

TextCheck = Callable[[Transaction, LockedPost], Refusal | None]
"""Asked about a locked post: why it may not be published."""


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, when by the product's clock, and why in their own words.

    Raises:
        PermanentFailure: ``no_name``, or ``reason_too_long``.
    """

    who: str
    now: datetime
    why: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be read later."""
        if not self.who.strip() or len(self.who) > LONGEST_NAME or not self.who.isprintable():
            raise PermanentFailure(
                f"A decision needs a name, of at most {LONGEST_NAME} plain characters.", code=FailureCode.NO_NAME
            )
        if len(self.why) > LONGEST_REASON or _unprintable(self.why):
            raise PermanentFailure(
                f"A reason has at most {LONGEST_REASON} plain characters.",
                code=FailureCode.REASON_TOO_LONG,
                remedy="Say it shorter.",
            )

    @property
    def values(self) -> dict[str, object]:
        """The decision as the statements take it."""
        return {"who": self.who.strip(), "now": self.now, "why": self.why.strip()}


def approve_post(db: Database, post_id: int, by: Decider, *, check: TextCheck, seen: str | None = None) -> None:
    """Let a held post be published at its time, or now when that has passed, after its text was checked again.

    Args:
        db: the database.
        post_id: the post.
        by: who decides.
        check: judges the text as it is now, within the decision's transaction.
        seen: the :func:`texts_digest` of what the person read: of a thread all that waits.

    Raises:
        PermanentFailure: ``no_such_post``, ``already_decided``, ``text_changed`` since it was read, ``text_refused``,
            ``broken_thread``.
    """
    with db.transaction() as transaction:
        rows = _held_thread(transaction, post_id, (PostStatus.HELD,))
        _as_seen(rows, seen)
        _refuse_broken(transaction, post_id)
        for row in rows:
            _refuse_text(row, check(transaction, row))
            at = max(row.scheduled_at, by.now)
            values = {"at": at, "features": _features(row), "digest": text_digest(row.text)}
            transaction.execute("approve_post", id=row.id, **values, **by.values)
        tell_waiting(transaction, by.now)


def edit_post(  # noqa: PLR0913 - what an edit is
    db: Database,
    post_id: int,
    text: str,
    by: Decider,
    *,
    check: TextCheck,
    seen: str | None = None,
    queued: bool = False,
) -> str:
    """Replace a post's text; it gets a new fingerprint and waits for approval. Return the text as it was stored.

    Args:
        db: the database.
        post_id: the post.
        text: the whole new text.
        by: who decides.
        check: judges the new text, within the decision's transaction.
        seen: the :func:`text_digest` of what the person read.
        queued: whether it was read as queued, not held: what was approved meanwhile is not edited by chance.

    Raises:
        PermanentFailure: as :func:`approve_post`; ``empty_post``; ``duplicate_text`` when an open post reads the same.
    """
    words = _clean(text)
    with db.transaction() as transaction:
        row = _held(transaction, post_id, (PostStatus.QUEUED if queued else PostStatus.HELD,))
        _as_seen([row], seen)
        edited = replace(row, text=words, fingerprint=fingerprint(words))
        _refuse_text(edited, check(transaction, edited))
        values = {"text": words, "fingerprint": edited.fingerprint, "features": _features(edited)}
        transaction.execute("edit_post", id=post_id, **values, **by.values)
        tell_waiting(transaction, by.now)
    return words


def reject_post(db: Database, post_id: int, by: Decider) -> None:
    """Take a held or queued post out of the way for good; it stays in the table with the reason.

    Raises:
        PermanentFailure: ``no_reason``, ``no_such_post``, ``already_decided``.
    """
    if not by.why.strip():
        raise PermanentFailure(
            "Rejecting a post needs a reason.", code=FailureCode.NO_REASON, remedy="Say why in a few words."
        )
    with db.transaction() as transaction:
        for row in _held_thread(transaction, post_id, (PostStatus.HELD, PostStatus.QUEUED)):
            transaction.execute("reject_post", id=row.id, code=FailureCode.REJECTED, **by.values)
            if row.thread_id is not None:
                resolve_alert(transaction, BROKEN_THREAD, by.now, thread_id=row.thread_id)
        tell_waiting(transaction, by.now)


def reschedule_post(db: Database, post_id: int, at: datetime, by: Decider) -> None:
    """Give a held or queued post another time; a held one still waits for its approval.

    Raises:
        PermanentFailure: ``bad_time`` as :func:`refuse_time`, ``no_such_post``,
            ``already_decided``.
    """
    refuse_time(at, by.now)
    with db.transaction() as transaction:
        for row in _held_thread(transaction, post_id, (PostStatus.HELD, PostStatus.QUEUED)):
            features = _features(row)
            transaction.execute("reschedule_post", id=row.id, at=at, features=features, **by.values)


def text_digest(text: str) -> str:
    """Return the SHA-256 of the very text. A fingerprint would not do: it forgets links, emoji and punctuation."""
    return hashlib.sha256(text.encode()).hexdigest()


def texts_digest(texts: Sequence[str]) -> str:
    """Return the :func:`text_digest` of a post, or of the segments of a thread, in order."""
    return text_digest(_BETWEEN_SEGMENTS.join(texts))


def held_posts(db: Statements) -> list[HeldPost]:
    """Return every post that waits for a person, soonest due first, with ``held_because``."""
    return db.fetch_rows(HeldPost, "held_posts")


def post_to_decide(db: Statements, post_id: int) -> ReviewedPost:
    """Return one post in any state. Raises ``no_such_post``."""
    post = db.fetch_row(ReviewedPost, "post_to_decide", id=post_id)
    if post is None:
        raise _no_such_post(post_id)
    return post


def recent_decisions(db: Statements, limit: int) -> list[PastDecision]:
    """Return what people decided last, newest first."""
    return db.fetch_rows(PastDecision, "recent_decisions", limit=limit)


def judged_against_others(db: Statements, post_id: int, since: datetime) -> list[str]:
    """Return texts published or planned since then, without this post's own; the newest 2,500 at most."""
    given = {"id": post_id, "since": since, "limit": JUDGED_AGAINST_MAX}
    return [row["text"] for row in db.fetch_all("judged_against_others", **given)]


def lock_to_decide(transaction: Transaction, post_id: int, states: tuple[PostStatus, ...]) -> LockedPost:
    """Lock a post that is in one of these states and return it. Raises ``no_such_post``, ``already_decided``."""
    return _held(transaction, post_id, states)


def _held(transaction: Transaction, post_id: int, states: tuple[PostStatus, ...]) -> LockedPost:
    """Lock the post and return it when it can still be decided; otherwise say who was first."""
    row = transaction.fetch_row(LockedPost, "lock_post_to_decide", id=post_id)
    if row is None:
        raise _no_such_post(post_id)
    if row.status not in states:
        raise PermanentFailure(
            f"Post {post_id} is {row.status} now{_by_whom(transaction, post_id)}.",
            code=FailureCode.ALREADY_DECIDED,
            remedy="Nothing was changed. Look at it again.",
        )
    return row


def _held_thread(transaction: Transaction, post_id: int, states: tuple[PostStatus, ...]) -> list[LockedSegment]:
    """Lock the post with all that waits of its thread, in one order for everybody; as :func:`_held`."""
    rows = transaction.fetch_rows(LockedSegment, "lock_thread_to_decide", id=post_id)
    _held(transaction, post_id, states)
    return [row for row in rows if row.status in states]


def _by_whom(transaction: Transaction, post_id: int) -> str:
    last = transaction.fetch_row(LastDecision, "last_decision", id=post_id)
    if last is None:
        return ""
    return f"; {last.actor} {last.decision} it at {last.happened_at:%Y-%m-%d %H:%M} UTC"


def _as_seen(rows: Sequence[LockedPost], seen: str | None) -> None:
    if seen is not None and seen != texts_digest([row.text for row in rows]):
        raise PermanentFailure(
            f"The text of post {rows[0].id} was edited since you read it.",
            code=FailureCode.TEXT_CHANGED,
            remedy="Nothing was changed. Read it again and decide then.",
        )


def _refuse_broken(transaction: Transaction, post_id: int) -> None:
    broken = transaction.fetch_one("thread_break", id=post_id)
    if broken is not None:
        raise PermanentFailure(
            f"The thread of post {post_id} broke at segment {broken['segment'] + 1}; there is nothing to go on from.",
            code=FailureCode.BROKEN_THREAD,
            remedy="Reject the rest, then queue what is missing as a new thread.",
        )


def _refuse_text(row: LockedPost, refusal: Refusal | None) -> None:
    if refusal is not None:
        raise PermanentFailure(
            f"Post {row.id} cannot be published: {refusal.reason} ({refusal.gate})",
            code=FailureCode.TEXT_REFUSED,
            remedy="Edit or reject it.",
        )


def _clean(text: str) -> str:
    """Return the text with one kind of line end; a form sends two characters for each."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if shows_nothing(words) or _unprintable(words):
        raise PermanentFailure("A post needs words, and no control characters.", code=FailureCode.EMPTY_POST)
    return words


def _unprintable(text: str) -> bool:
    return any(ord(character) < ord(" ") and character not in "\n\t" for character in text)


def _features(row: LockedPost) -> str:
    """Return what learning knows of the post, made anew; one that it never learned from stays without."""
    return json.dumps(edited_features(row.features, row.text))


def _no_such_post(post_id: int) -> PermanentFailure:
    return PermanentFailure(
        f"There is no post {post_id}.",
        code=FailureCode.NO_SUCH_POST,
        remedy="'xbot approve list' shows those that wait.",
    )
