"""Drafts: what the owner is still writing. No rule looks at them and nothing publishes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.threads import SEGMENTS_MAX
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.publishing.approvals import Decider


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft; several texts are a thread. ``revision`` grows with every save. Times are the product's."""

    id: int
    texts: list[str]
    planned_for: datetime | None
    saved_by: str
    saved_at: datetime
    revision: int


def insert_draft(db: Statements, texts: Sequence[str], at: datetime | None, by: Decider) -> Draft:
    """Keep a new draft. Raises ``bad_thread`` for more texts than a thread has, ``empty_post`` for none."""
    row = db.fetch_row(Draft, "insert_draft", texts=_few(texts), at=at, who=by.who, now=by.now)
    return _present(row, 0)


def save_draft(
    db: Statements, draft_id: int, revision: int, texts: Sequence[str], at: datetime | None, by: Decider
) -> Draft:
    """Replace a draft that was read as ``revision``. Raises ``text_changed``, ``no_such_post`` and as above."""
    values = {"id": draft_id, "revision": revision, "texts": _few(texts), "at": at, "who": by.who, "now": by.now}
    row = db.fetch_row(Draft, "save_draft", **values)
    return row if row is not None else _changed(db, draft_id)


def plan_draft(db: Statements, draft_id: int, at: datetime, by: Decider) -> Draft:
    """Give a draft another time. Raises ``no_such_post``."""
    return _present(db.fetch_row(Draft, "plan_draft", id=draft_id, at=at, who=by.who, now=by.now), draft_id)


def delete_draft(db: Statements, draft_id: int, revision: int) -> None:
    """Take a draft away that was read as ``revision``. Raises ``text_changed``, ``no_such_post``."""
    if not db.execute("delete_draft", id=draft_id, revision=revision):
        _changed(db, draft_id)


def draft(db: Statements, draft_id: int) -> Draft:
    """Return one draft. Raises ``no_such_post``."""
    return _present(db.fetch_row(Draft, "draft", id=draft_id), draft_id)


def newest_drafts(db: Statements, limit: int) -> list[Draft]:
    """Return the drafts that were saved last, newest first."""
    return db.fetch_rows(Draft, "newest_drafts", limit=limit)


def drafts_between(db: Statements, start: datetime, end: datetime, limit: int) -> list[Draft]:
    """Return the drafts that are meant for a stretch of time, soonest first."""
    return db.fetch_rows(Draft, "drafts_between", start=start, end=end, limit=limit)


def _few(texts: Sequence[str]) -> list[str]:
    if not texts:
        raise PermanentFailure("A draft needs words.", code=FailureCode.EMPTY_POST)
    if len(texts) > SEGMENTS_MAX:
        raise PermanentFailure(f"A thread has at most {SEGMENTS_MAX} segments.", code=FailureCode.BAD_THREAD)
    return list(texts)


def _changed(db: Statements, draft_id: int) -> Draft:
    """Say what became of a draft that is not as it was read."""
    now = draft(db, draft_id)
    raise PermanentFailure(
        f"The draft {draft_id} was saved by {now.saved_by} since you read it.",
        code=FailureCode.TEXT_CHANGED,
        remedy="Nothing was changed. Read it again.",
    )


def _present(row: Draft | None, draft_id: int) -> Draft:
    if row is None:
        raise PermanentFailure(
            f"There is no draft {draft_id}: it was queued or thrown away.",
            code=FailureCode.NO_SUCH_POST,
            remedy="The calendar shows those that there are.",
        )
    return row
