"""What a look at the timeline says: a post is only missing where the look surely reached."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.posts.timeline_view import TimelinePost, TimelineView, in_its_place

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = "Rye needs more water than wheat."


def shown(
    minutes: float, text: str = "Something else.", *, pinned: bool = False, reposted: bool = False
) -> TimelinePost:
    """Build a post created so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    number = str(int(at.timestamp()))
    return TimelinePost(number, f"/me/status/{number}", text, at, pinned=pinned, reposted=reposted)


def test_a_look_covers_what_is_newer_than_a_post_in_its_place() -> None:
    """Everything down to the last post that has an older one below it."""
    look = TimelineView((shown(30), shown(-10), shown(-60)), complete=False)
    assert look.covers_since == NOON - timedelta(minutes=10)
    assert look.covers(NOON)
    assert not look.covers(NOON - timedelta(minutes=30))


@pytest.mark.parametrize(
    "first",
    [
        (shown(-900, pinned=True), shown(20), shown(10)),
        (shown(-900, reposted=True), shown(20), shown(10)),
        (shown(-900), shown(20), shown(10)),
        (shown(20), shown(10), shown(-900)),
        (shown(-900),),
        (),
    ],
)
def test_a_post_out_of_its_place_covers_nothing(first: tuple[TimelinePost, ...]) -> None:
    """Pinned, reposted, shown above a newer answer, or last in a list that was cut there."""
    assert not TimelineView(first, complete=False).covers(NOON)


def test_a_complete_list_covers_everything() -> None:
    """There is no more to show."""
    assert TimelineView((), complete=True).covers(NOON)


def test_the_post_of_our_intent_is_found_among_others_with_its_words() -> None:
    """Not an older one, not one of another row, not a repost; of two the first that came after the intent."""
    old, ours, again = shown(-60, TEXT), shown(0.1, TEXT), shown(9, TEXT)
    look = TimelineView((shown(11, TEXT, reposted=True), again, ours, old), complete=False)
    assert look.alike(TEXT, since=NOON, taken=()) == [ours, again]
    assert look.alike(TEXT, since=NOON, taken={ours.x_post_id}) == [again]
    assert look.alike(TEXT, since=NOON, taken={ours.x_post_id, again.x_post_id}) == []
    assert look.alike(TEXT, since=None, taken=()) == [old, ours, again]


def test_clocks_may_differ_a_little() -> None:
    """X shows whole seconds of its own clock."""
    early = shown(-1, TEXT)
    assert TimelineView((early,), complete=False).alike(TEXT, since=NOON, taken=()) == [early]


def test_a_post_that_answers_another_one_is_not_ours() -> None:
    """Where the page does not tell what it answers, its words and its time decide."""
    answer = replace(shown(1, TEXT), answers="7")
    assert in_its_place(answer, "7")
    assert not in_its_place(answer, "8")
    assert not in_its_place(answer, None)
    assert in_its_place(shown(1, TEXT), "7")


def test_a_translation_is_never_compared_with_what_was_posted() -> None:
    """A post that is shown only in translation is not alike, and may be the one that is looked for."""
    hidden = replace(shown(1, ""), translated=True)
    look = TimelineView((hidden, shown(-30), shown(-60)), complete=True)
    assert look.alike("", since=NOON, taken=()) == []
    assert look.hides_words_since(NOON, taken=())
    assert not look.hides_words_since(NOON, taken={hidden.x_post_id})
    assert not look.hides_words_since(NOON + timedelta(minutes=10), taken=())
