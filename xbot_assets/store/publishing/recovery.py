"""What looking at X says of posts: whose look is due, unconfirmed posts that go back, and posts that X took back.

unconfirmed -> queued              surely not on X, once
published   -> published, removed  X no longer shows it
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.posts.recovery import RecoveryRules
from xbot_assets.domain.posts.timeline_view import PostKind
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows
from xbot_assets.store.publishing.rows import (
    DueLook,
    MissingPost,
    PhantomPost,
    PostText,
    PostToVerify,
    RemovedPost,
    SeenPost,
)

DUPLICATE = FailureCode.DUPLICATE
"""The failure code of a text that X refused as one it has already (error 187): posting it again is no way out."""
DAY = timedelta(days=1)


def posts_to_look_for(db: Statements, rules: RecoveryRules, now: datetime) -> list[DueLook]:
    """Return each unconfirmed post whose next look is due: the one place that says when."""
    return db.fetch_rows(
        DueLook,
        "posts_to_look_for",
        looked_before=now - rules.between,
        looks_max=rules.looks_max,
        may_requeue=rules.may_requeue,
        duplicate=DUPLICATE,
    )


def take_looks(db: Statements, rules: RecoveryRules, now: datetime) -> set[int]:
    """Take every look that is due and return the posts; of two processes only one gets a post.

    A look that fails counts for nothing, and the next one is due after the same time.
    """
    due = posts_to_look_for(db, rules, now)
    return {look.id for look in due if db.execute("begin_look", id=look.id, seen=look.looked_at, now=now)}


def expired_lease_exists(db: Statements) -> bool:
    """Say whether a worker's time with a post is over, so that the post is to be taken from it."""
    row = db.fetch_one("expired_lease_exists")
    return bool(row and row["expired"])


def requeue_absent(db: Statements, post_id: int, rules: RecoveryRules, now: datetime) -> bool:
    """Move unconfirmed -> queued, once in a post's life; ``False`` while the rules do not allow it."""
    if not rules.may_requeue:
        return False
    note = f"not on X in at least {rules.looks_max} looks over {rules.span.total_seconds() / 60:g} minutes or more"
    moved = db.execute(
        "requeue_absent",
        id=post_id,
        looks_max=rules.looks_max,
        span=rules.span,
        duplicate=DUPLICATE,
        click_within=rules.click_within,
        now=now,
        note=note,
    )
    return moved > 0


def submitted_since(db: Statements, since: datetime) -> int:
    """Count the posts that were or may have been submitted since a time: what a timeline shows at least."""
    row = db.fetch_one("submitted_since", since=since)
    return int(row["posts"]) if row else 0


def known_x_ids(db: Statements, x_ids: Iterable[str]) -> set[str]:
    """Return which of these ids of X belong to a row."""
    return {row["x_post_id"] for row in db.fetch_all("known_x_ids", x_ids=list(x_ids))}


def published_kinds(db: Statements) -> set[PostKind]:
    """Return the kinds of posts of which at least one was published."""
    return {PostKind.of(row["answers"]) for row in db.fetch_all("published_kinds")}


def posts_to_verify(db: Statements, *, since: datetime, until: datetime) -> list[PostToVerify]:
    """Return published posts of a stretch of time that X should show."""
    return db.fetch_rows(PostToVerify, "posts_to_verify", since=since, until=until)


def verification_is_due(db: Statements, *, now: datetime, after: timedelta, since: datetime) -> bool:
    """Say whether a post published after ``since`` is to be looked for: at its age, a day later, or once more."""
    row = db.fetch_one("verification_is_due", now=now, first_before=now - after, day=DAY, since=since)
    return bool(row and row["due"])


def note_visible(db: Statements, ids: Collection[int], now: datetime) -> list[int]:
    """Note that X shows these posts; return those that were thought to be removed."""
    return [row["id"] for row in db.fetch_all("note_visible", ids=list(ids), now=now)] if ids else []


def note_missing(db: Statements, ids: Collection[int], now: datetime, *, again: timedelta) -> list[MissingPost]:
    """Note that X surely does not show these posts; return those missing for at least ``again``: they are removed."""
    if not ids:
        return []
    return db.fetch_rows(MissingPost, "note_missing", ids=list(ids), now=now, missing_before=now - again)


def first_intent(db: Statements) -> datetime | None:
    """Return when this installation first meant to submit a post; older ones on X are none of its business."""
    row = db.fetch_one("first_intent")
    return row["at"] if row else None


def newest_texts(db: Statements, limit: int) -> list[PostText]:
    """Return the texts of the newest rows, newest first."""
    return db.fetch_rows(PostText, "newest_texts", limit=limit)


def note_phantoms(db: Statements, phantoms: Iterable[SeenPost], now: datetime) -> set[str]:
    """Keep posts that X shows and no row knows; return the ids of those not seen before."""
    rows = [asdict(phantom) for phantom in phantoms]
    return {row["x_post_id"] for row in db.fetch_all("note_phantoms", rows=as_rows(rows), now=now)} if rows else set()


def open_phantoms(db: Statements) -> list[PhantomPost]:
    """Return posts that no row knows and nobody has acknowledged, newest first, with the row that each resembles."""
    return db.fetch_rows(PhantomPost, "open_phantoms")


def open_removals(db: Statements) -> list[RemovedPost]:
    """Return posts that X took back and nobody has acknowledged, newest first."""
    return db.fetch_rows(RemovedPost, "open_removals")


def note_comparison(  # noqa: PLR0913 - one argument a column
    db: Statements,
    now: datetime,
    *,
    posts_seen: int,
    covers_since: datetime | None,
    confirmed: int,
    phantoms: int,
    missing: int,
) -> None:
    """Note one comparison of the timeline with the queue; one that saw nothing covers ``None``."""
    db.execute(
        "note_comparison",
        now=now,
        posts_seen=posts_seen,
        covers_since=covers_since,
        confirmed=confirmed,
        phantoms=phantoms,
        missing=missing,
    )


@dataclass(frozen=True, slots=True)
class LastComparison:
    """When the timeline was last compared at all, and last with a look that covered something."""

    compared_at: datetime | None = None
    covered_at: datetime | None = None


def last_comparison(db: Statements) -> LastComparison:
    """Return when that was."""
    return db.fetch_row(LastComparison, "last_comparison") or LastComparison()
