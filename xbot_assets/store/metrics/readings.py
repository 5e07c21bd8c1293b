"""Readings of posts and of the account, misses, and the outcomes that learning uses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from xbot_assets.domain.learning.reward import EngagementCounts
from xbot_assets.domain.metrics.plausibility import ReadingProblem
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.engine.rows import as_rows
from xbot_assets.store.outcome_pages import pages_of_outcomes

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PostToMeasure:
    """A published post that is due for a reading, with its newest counts; they are ``None`` before the first.

    ``unchanged_readings`` and ``falls`` count readings in a row: that found nothing new, and whose views were below
    the stored ones. ``views`` are the last that were shown. ``looked_at`` is when it was last asked for, read or not.
    """

    id: int
    x_post_id: str
    published_at: datetime
    metrics_read_at: datetime | None
    looked_at: datetime | None
    unchanged_readings: int
    falls: int
    replies: int | None
    reposts: int | None
    likes: int | None
    bookmarks: int | None
    views: int | None

    @property
    def counts(self) -> EngagementCounts | None:
        """The newest counts; ``None`` before the first reading."""
        if self.replies is None or self.reposts is None or self.likes is None or self.bookmarks is None:
            return None
        return EngagementCounts(self.replies, self.reposts, self.likes, self.bookmarks, self.views)


@dataclass(frozen=True, slots=True)
class PostOnList(PostToMeasure):
    """The same where the account's own lists show it.

    Attributes:
        answers: whether it stands among the answers, as segments of threads do.
        place: which of its list it is, 1 being the newest; of an answer, which of all posts and answers.
    """

    answers: bool
    place: int


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One reading of a post; ``views`` is ``None`` when not shown, ``label`` is kept only where sources disagreed."""

    post_id: int
    read_at: datetime
    replies: int
    reposts: int
    likes: int
    bookmarks: int
    views: int | None
    label: str | None


@dataclass(frozen=True, slots=True)
class QuarantinedReading:
    """What a page said and cannot be; ``post_id`` is ``None`` for a post that was not asked for."""

    id: int
    post_id: int | None
    read_at: datetime
    problem: ReadingProblem
    reason: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReadingSuccess:
    """How many posts the last operations asked for, how many of them were read, and when the last one was.

    ``looked`` and ``unparsed`` are of the operations at which X's page had not changed: what is usual.
    """

    asked: int
    posts_read: int
    looked: int
    unparsed: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """What became of the posts that one operation asked for.

    ``looked`` counts those whose page was looked at, without odd ones; ``unparsed`` those of them that could not be
    read; ``changed`` says that these were so many that X's page has changed. ``compared`` counts those that page and
    X's own data told of, ``disagreed`` those of which they told different things.
    """

    read_at: datetime
    asked: int
    posts_read: int
    looked: int
    unparsed: int
    changed: bool
    compared: int
    disagreed: int


@dataclass(frozen=True, slots=True)
class StoredAccountReading:
    """One reading of the account's profile; ``exact`` says that the page gave whole numbers."""

    id: int
    handle: str
    read_at: datetime
    followers: int
    following: int
    posts: int
    exact: bool


@dataclass(frozen=True, slots=True)
class OutcomeReading:
    """The reading that a post's outcome is made from; replies are those of others. ``is_answer``: it replies itself."""

    post_id: int
    x_post_id: str
    published_at: datetime
    read_at: datetime
    replies: int
    reposts: int
    likes: int
    bookmarks: int
    views: int
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Where a post stood on the scale of engagement, in [0, 1]."""

    score: float


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A post with what was known of it when it was planned, and the reward that it earned."""

    post_id: int
    topic: str
    format: str
    features: dict[str, float]
    propensity: float | None
    predicted_reward: float | None
    bandit_version_id: int | None
    predictor_version_id: int | None
    reward: float
    published_at: datetime
    computed_at: datetime


def posts_to_measure(db: Statements, *, now: datetime, limit: int) -> list[PostToMeasure]:
    """Return published posts that are due for a reading: never read first, then as they fell due.

    When a post is due was written when it was last asked for.
    """
    return db.fetch_rows(PostToMeasure, "posts_to_measure", now=now, limit=limit)


def posts_on_lists(db: Statements, *, now: datetime, limit: int, share: float) -> list[PostOnList]:
    """Return those of the newest posts that are due, or of whose time until then that share has passed."""
    return db.fetch_rows(PostOnList, "posts_on_lists", now=now, limit=limit, share=share)


def next_reading_at(db: Statements) -> datetime | None:
    """Return when the next reading of any post is due; a time that is over means that one is due now."""
    row = db.fetch_one("next_reading_at")
    at: datetime | None = row["at"] if row else None
    return at


def insert_readings(db: Statements, rows: Iterable[Fields]) -> int:
    """Store readings and return how many were new; one that has the post and time of another is that one.

    Of posts that are not on X nothing is stored.

    Each row has ``post_id, read_at, replies, reposts, likes, bookmarks, views, label``, and ``next_read_at`` and
    ``unchanged_readings`` for the post; ``views`` is ``None`` when the page did not show them.
    """
    given = list(rows)
    make_months(db, {row["read_at"] for row in given})
    return db.execute("insert_readings", rows=as_rows(given))


def make_months(db: Statements, times: Iterable[datetime]) -> None:
    """Make room for readings of these times: they are kept by the month."""
    db.execute("make_reading_months", times=sorted(times))


def insert_misses(db: Statements, rows: Iterable[Fields]) -> int:
    """Store posts asked for and not read: ``post_id, missed_at, why`` (gone or unread), ``reason, next_read_at``."""
    return db.execute("insert_misses", rows=as_rows(rows))


def quarantine_readings(db: Statements, rows: Iterable[Fields]) -> int:
    """Keep readings that cannot be true: ``post_id, read_at, problem, reason, evidence, next_read_at``.

    ``post_id`` is ``None`` for a post that was not asked for; ``next_read_at`` is ``None`` to leave that as it is.
    """
    return db.execute("quarantine_readings", rows=as_rows(rows))


def quarantined_readings(db: Statements, limit: int) -> list[QuarantinedReading]:
    """Return the newest readings that cannot be true."""
    return db.fetch_rows(QuarantinedReading, "quarantined_readings", limit=limit)


def insert_reading_batch(db: Statements, batch: ReadingBatch) -> None:
    """Note how much of what one operation asked for was read."""
    told = asdict(batch)
    db.execute("insert_reading_batch", now=told.pop("read_at"), **told)


def newest_batches(db: Statements, batches: int) -> list[ReadingBatch]:
    """Return what became of the last operations, newest first."""
    return db.fetch_rows(ReadingBatch, "newest_batches", batches=batches)


def reading_success(db: Statements, batches: int) -> ReadingSuccess:
    """Add up the last operations."""
    return db.fetch_row(ReadingSuccess, "reading_success", batches=batches) or ReadingSuccess(0, 0, 0, 0, None)


def latest_reading(db: Statements, post_id: int) -> StoredReading | None:
    """Return the newest reading of one post."""
    return db.fetch_row(StoredReading, "latest_reading", id=post_id)


def readings_of(db: Statements, post_id: int) -> list[StoredReading]:
    """Return every reading of one post, oldest first."""
    return db.fetch_rows(StoredReading, "readings_of", id=post_id)


def insert_account_reading(db: Statements, reading: Fields) -> int:
    """Store one reading of the account: ``handle, read_at, followers, following, posts, exact``."""
    row = db.fetch_one("insert_account_reading", **reading)
    return int(row["id"]) if row else 0


def last_account_reading(db: Statements, handle: str) -> StoredAccountReading | None:
    """Return the newest reading of an account."""
    return db.fetch_row(StoredAccountReading, "last_account_reading", handle=handle)


def outcomes_due(
    db: Statements, *, now: datetime, since: datetime, min_age: timedelta, max_age: timedelta, limit: int
) -> list[OutcomeReading]:
    """Return posts whose outcome can be taken: a reading with views between the two ages, and no outcome yet.

    The first such reading counts. One without views is no outcome: the next one is waited for. A post that was never
    seen with views in that time, or was published before ``since``, is not returned at all, so that it stands in
    nobody's way.
    """
    ages = {"min_age": min_age, "max_age": max_age}
    return db.fetch_rows(OutcomeReading, "outcomes_due", now=now, since=since, limit=limit, **ages)


def insert_outcomes(db: Statements, rows: Sequence[Fields]) -> int:
    """Store outcomes: ``post_id, read_at, reward, score, level, is_relative, computed_at``. One that exists stays."""
    return db.execute("insert_outcomes", rows=as_rows(rows))


def redefine_outcomes(db: Statements, *, relative: bool, limit: int) -> int:
    """Give the newest outcomes the rewards of the definition that is set, and return how many changed."""
    return db.execute("redefine_outcomes", relative=relative, limit=limit)


def recent_scores(db: Statements, limit: int) -> list[float]:
    """Return the newest scores that set the account's level, oldest first."""
    return [row.score for row in reversed(db.fetch_rows(Score, "recent_scores", limit=limit))]


def training_examples(db: Statements, limit: int) -> list[TrainingExample]:
    """Return one example for each of the newest posts that have an outcome, oldest post first."""
    rows = [
        row
        for page in pages_of_outcomes(db, limit)
        for row in db.fetch_rows(TrainingExample, "training_examples", first=page.first, last=page.last)
    ]
    return sorted(rows, key=lambda row: (row.published_at, row.post_id))
