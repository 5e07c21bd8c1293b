"""What an answer of X says of the posts that were asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.settings import Settings
from xbot_assets.steps.metrics.sorting import ReadingRules, sort_answer
from xbot_assets.store.metrics.readings import PostToMeasure
from xbot_assets.x.answers import Counts, MissedPost, PostReading, PostsRead

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = ReadingRules(
    handle="Me",
    now=NOON,
    cadence=Settings().reading_cadence,
    factor=1.0,
    falls_believed=3,
    agreement=Settings().reading_agreement,
)


def post(number: int, views: int | None = None, *, falls: int = 0, unchanged: int = 0) -> PostToMeasure:
    """Build a post of an hour ago; with views it was read before."""
    known = 0 if views is not None else None
    return PostToMeasure(
        id=number,
        x_post_id=f"9{number}",
        published_at=NOON - 60 * MINUTE,
        metrics_read_at=None,
        looked_at=None,
        unchanged_readings=unchanged,
        falls=falls,
        replies=known,
        reposts=known,
        likes=known,
        bookmarks=known,
        views=views,
    )


def shown(x_post_id: str | None, *, handle: str = "me", likes: int = 0, views: int | None = 9) -> PostReading:
    """Build what a page shows."""
    counts = Counts(replies=0, reposts=0, likes=likes, bookmarks=0, views=views)
    facts = {"permalink": None, "created_at": None, "text": "t", "lang": "en", "label": f"{views} views"}
    return PostReading.model_validate({"post_id": x_post_id, "handle": handle, "counts": counts, **facts})


def test_a_reading_says_when_the_post_is_read_next() -> None:
    """Sooner when something happened, later when nothing did; no label where all agrees."""
    answer = PostsRead(posts=(shown("91", likes=1), shown("92")))
    moved, still = sort_answer([post(1, 9, unchanged=2), post(2, 9)], answer, RULES).read
    assert (moved["next_read_at"], moved["unchanged_readings"]) == (NOON + 20 * MINUTE, 0)
    assert (still["next_read_at"], still["unchanged_readings"]) == (NOON + 40 * MINUTE, 1)
    assert moved["label"] is None


@pytest.mark.parametrize(
    ("reading", "problem"),
    [
        (shown("91", views=8), "falling_views"),
        (shown("91", handle="you"), "another_post"),
        (shown("77"), "another_post"),
        (shown(None), "another_post"),
    ],
)
def test_what_cannot_be_is_quarantined_with_what_was_shown_and_known(reading: PostReading, problem: str) -> None:
    """Nothing of it is read; a post of ours is tried again, and one that the answer left out is missed."""
    sorted_answer = sort_answer([post(1, 9)], PostsRead(posts=(reading,)), RULES)
    assert sorted_answer.read == ()
    (odd,) = sorted_answer.quarantined
    assert odd["problem"] == problem
    assert odd["evidence"]["shown"]["label"] == reading.label
    ours = reading.post_id == "91"
    assert odd["evidence"]["known"] == (
        {"replies": 0, "reposts": 0, "likes": 0, "bookmarks": 0, "views": 9} if ours else None
    )
    assert (odd["post_id"], odd["next_read_at"]) == ((1, NOON + 20 * MINUTE) if ours else (None, None))
    assert [row["post_id"] for row in sorted_answer.missed] == ([] if ours else [1])


def test_the_third_fall_in_a_row_is_stored_with_its_label() -> None:
    """The stored number was the wrong one."""
    (believed,) = sort_answer([post(1, 9, falls=2)], PostsRead(posts=(shown("91", views=8),)), RULES).read
    assert (believed["views"], believed["label"]) == (8, "8 views")


def test_a_post_that_is_told_of_twice_is_read_once() -> None:
    """The first reading counts, and the second is kept as evidence without moving the post."""
    answer = sort_answer([post(1)], PostsRead(posts=(shown("91"), shown("91", views=10))), RULES)
    assert [row["views"] for row in answer.read] == [9]
    assert [(row["problem"], row["next_read_at"]) for row in answer.quarantined] == [("twice", None)]
    assert answer.missed == ()


def test_every_post_that_was_asked_for_is_told_of() -> None:
    """Missed for a reason of X's, or because the answer says nothing of it."""
    answer = PostsRead(posts=(), missed=(MissedPost(post_id="91", why="gone", reason="deleted"),))
    rows = sort_answer([post(1), post(2)], answer, RULES).missed
    assert [(row["post_id"], row["why"]) for row in rows] == [(1, "gone"), (2, "unread")]
    assert {row["next_read_at"] for row in rows} == {NOON + 20 * MINUTE}


def test_a_count_that_cannot_be_read_is_a_miss_and_no_nought() -> None:
    """The reason names it; X does not show everybody's views, so those may be absent."""
    unread = shown("91").model_copy(update={"counts": Counts(replies=0, reposts=0, likes=None, bookmarks=0, views=9)})
    stored = sort_answer([post(1, 9), post(2, None)], PostsRead(posts=(unread, shown("92", views=None))), RULES)
    assert [row["post_id"] for row in stored.read] == [2]
    (missed,) = stored.missed
    assert (missed["post_id"], missed["why"]) == (1, "unread")
    assert "likes" in missed["reason"]


def test_numbers_that_page_and_data_tell_differently_are_no_reading() -> None:
    """A page whose numbers stand in other places shows plausible ones; the data of X give it away."""
    told = Counts(replies=0, reposts=3, likes=90, bookmarks=0, views=9)
    agreeing, swapped = shown("91", likes=88), shown("92", likes=3)
    answer = PostsRead(posts=tuple(one.model_copy(update={"told_counts": told}) for one in (agreeing, swapped)))
    rows = sort_answer([post(1), post(2)], answer, RULES)
    assert [row["post_id"] for row in rows.read] == [1]
    (odd,) = rows.quarantined
    assert (odd["post_id"], odd["problem"]) == (2, "sources_disagree")
    assert "likes" in odd["reason"]
    assert odd["evidence"]["shown"]["told_counts"]["likes"] == 90
    assert (rows.compared, rows.disagreed) == (2, 1)
    assert (sorted(rows.looked), sorted(rows.unparsed)) == ([1, 2], [2])


def test_pages_that_were_not_looked_at_say_nothing_of_the_page() -> None:
    """A deleted post was looked at and read well; after a refusal, or late, the rest was not."""
    misses = (("91", "gone", FailureCode.GONE), ("92", "unread", FailureCode.PAGE_CHANGED), ("93", "unread", None))
    late = MissedPost(post_id="94", why="unread", reason="late", code=FailureCode.DEADLINE)
    told = [MissedPost.model_validate({"post_id": x, "why": w, "reason": "r", "code": c}) for x, w, c in misses]
    rows = sort_answer([post(n) for n in (1, 2, 3, 4)], PostsRead(posts=(), missed=(*told, late)), RULES)
    assert (sorted(rows.looked), sorted(rows.unparsed)) == ([1, 2], [2])
