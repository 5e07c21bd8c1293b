"""What an answer of X says of the posts that were asked for: readings, misses, and what cannot be true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, cast

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.learning.reward import EngagementCounts
from xbot_assets.domain.metrics.agreement import Agreement, can_be_compared
from xbot_assets.domain.metrics.cadence import Cadence, unchanged_readings
from xbot_assets.domain.metrics.plausibility import Implausible, disagrees, implausible
from xbot_assets.store.metrics.readings import Fields, PostToMeasure
from xbot_assets.x.answers import MissedPost, PostReading, PostsRead

NEEDED = ("replies", "reposts", "likes", "bookmarks")
"""Counts without which a reading is none: a missing one is no zero."""
NOT_ASKED_FOR = Implausible("another_post", "The page shows a post that was not asked for.")
DISAGREE: Final = "sources_disagree"
_EVIDENCE = {"post_id", "handle", "permalink", "created_at", "counts", "told_counts", "label"}
_CHANGED = frozenset({FailureCode.PAGE_CHANGED})
_SEEN = _CHANGED | {FailureCode.GONE}
"""Misses of posts whose page was there: X's own words about a post are read as well as the post."""


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What a batch is judged by: whose posts were asked for, when, and when each is read again."""

    handle: str
    now: datetime
    cadence: Cadence
    factor: float
    falls_believed: int
    agreement: Agreement

    def next_read(self, post: PostToMeasure, unchanged: int = 0) -> datetime:
        """Return when a post is read again that was looked at now."""
        return self.now + self.cadence.interval(self.now - post.published_at, unchanged=unchanged, factor=self.factor)


@dataclass(frozen=True, slots=True)
class SortedAnswer:
    """The rows of one batch, as they are stored, and what it says of X's pages.

    Attributes:
        looked: the posts whose own page was looked at.
        unparsed: those of them that could not be read, or told what cannot be.
        compared: posts that both the page and X's own data told of; of ``disagreed`` they told different things.
    """

    read: tuple[Fields, ...]
    missed: tuple[Fields, ...]
    quarantined: tuple[Fields, ...]
    looked: frozenset[int]
    unparsed: frozenset[int]
    compared: int
    disagreed: int


def sort_answer(due: Sequence[PostToMeasure], answer: PostsRead, rules: ReadingRules) -> SortedAnswer:
    """Sort an answer to ``due``: each post is read, missed or quarantined, and its next reading is said.

    What the answer says nothing of is missed too. What it says of other posts is quarantined without a post.
    """
    by_id = {post.x_post_id: post for post in due}
    read: dict[str, Fields] = {}
    odd: list[Fields] = []
    missed = list(answer.missed)
    for reading in answer.posts:
        post = by_id.get(reading.post_id or "")
        why = _another(post, reading, rules, again=reading.post_id in read)
        if post is None or why is not None:
            odd.append(_odd_row(post, reading, why or NOT_ASKED_FOR, rules))
        elif unread := unread_counts(reading):
            missed.append(_unread(post, reading, unread))
        elif why := _impossible(post, reading, rules):
            odd.append(_odd_row(post, reading, why, rules))
        else:
            read[post.x_post_id] = _reading_row(post, reading, rules)
    told = {row["post_id"] for row in odd} | {by_id[x_id].id for x_id in read}
    rows = tuple(_missed(by_id, missed, told, rules))
    looked = told | {by_id[miss.post_id].id for miss in missed if miss.code in _SEEN and miss.post_id in by_id}
    changed = {by_id[miss.post_id].id for miss in missed if miss.code in _CHANGED and miss.post_id in by_id}
    impossible = {row["post_id"] for row in odd if row["problem"] != "twice"}
    return SortedAnswer(
        tuple(read.values()),
        rows,
        tuple(odd),
        looked=frozenset(looked - {None}),
        unparsed=frozenset((changed | impossible) - {None}),
        compared=sum(can_be_compared(*_both(reading)) for reading in answer.posts),
        disagreed=sum(row["problem"] == DISAGREE for row in odd),
    )


def _impossible(post: PostToMeasure, reading: PostReading, rules: ReadingRules) -> Implausible | None:
    """Say why a reading that is whole cannot be true."""
    if differing := rules.agreement.differing(*_both(reading)):
        reason = f"The page and X's own data tell different numbers: {', '.join(differing)}."
        return Implausible(DISAGREE, reason)
    return implausible(post.counts, _counts(reading), falls=post.falls, falls_believed=rules.falls_believed)


def _both(reading: PostReading) -> tuple[dict[str, int | None], dict[str, int | None]]:
    return reading.counts.model_dump(), reading.told_counts.model_dump()


def unread_counts(reading: PostReading) -> list[str]:
    """Return the counts that must be known for a reading to be kept, and are not. X does not show everybody's views."""
    return [name for name in NEEDED if getattr(reading.counts, name) is None]


def _another(
    post: PostToMeasure | None, reading: PostReading, rules: ReadingRules, *, again: bool
) -> Implausible | None:
    """Say why this is no reading of a post that was asked for."""
    if post is None:
        return NOT_ASKED_FOR
    if reading.handle.casefold() != rules.handle.casefold():
        return Implausible("another_post", f"The page says that the post is by @{reading.handle}.")
    return Implausible("twice", "One answer tells of the post twice.") if again else None


def _unread(post: PostToMeasure, reading: PostReading, names: Sequence[str]) -> MissedPost:
    told = f"The label: {reading.label or 'none'}."
    reason = f"These counts cannot be read for sure: {', '.join(names)}. {told}"
    return MissedPost(post_id=post.x_post_id, why="unread", reason=reason, code=FailureCode.PAGE_CHANGED)


def _reading_row(post: PostToMeasure, reading: PostReading, rules: ReadingRules) -> Fields:
    counts = _counts(reading)
    unchanged = unchanged_readings(post.counts, counts, post.unchanged_readings)
    return {
        "post_id": post.id,
        "read_at": rules.now,
        **asdict(counts),
        "label": reading.label if disagrees(post.counts, counts) else None,
        "unchanged_readings": unchanged,
        "next_read_at": rules.next_read(post, unchanged),
    }


def _odd_row(post: PostToMeasure | None, reading: PostReading, why: Implausible, rules: ReadingRules) -> Fields:
    known = asdict(post.counts) if post and post.counts else None
    return {
        "post_id": post.id if post else None,
        "read_at": rules.now,
        "problem": why.problem,
        "reason": why.reason,
        "evidence": {"shown": reading.model_dump(mode="json", include=_EVIDENCE), "known": known},
        # The first reading of an answer has said when a post that is told of twice is read again.
        "next_read_at": rules.next_read(post) if post and why.problem != "twice" else None,
    }


def _missed(
    by_id: Mapping[str, PostToMeasure], missed: Sequence[MissedPost], told: set[int], rules: ReadingRules
) -> Iterator[Fields]:
    """Say of each post that was neither read nor quarantined why, once."""
    reasons = {miss.post_id: miss for miss in missed}
    for x_id, post in by_id.items():
        if post.id in told:
            continue
        miss = reasons.get(x_id) or MissedPost(post_id=x_id, why="unread", reason="X's answer does not tell of it.")
        when = {"missed_at": rules.now, "next_read_at": rules.next_read(post)}
        yield {"post_id": post.id, "why": miss.why, "reason": miss.reason, **when}


def _counts(reading: PostReading) -> EngagementCounts:
    """Return the counts of a reading none of which is missing but, perhaps, the views."""
    shown = reading.counts
    replies, reposts, likes, bookmarks = (cast("int", getattr(shown, name)) for name in NEEDED)
    return EngagementCounts(replies, reposts, likes, bookmarks, shown.views)
