"""What a look at the timeline says: a post is only missing where the look surely reached."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.posts.timeline_view import (
    X_BEGAN,
    PostKind,
    TimelineList,
    TimelinePost,
    TimelineView,
    in_its_place,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = "Rye needs more water than wheat."
ORIGINAL, REPLY = PostKind.ORIGINAL, PostKind.REPLY
BOTH = frozenset(PostKind)


def shown(
    minutes: float, text: str = "Something else.", *, pinned: bool = False, reposted: bool = False
) -> TimelinePost:
    """Build a post created so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    number = str(int(at.timestamp()))
    return TimelinePost(number, f"/me/status/{number}", text, at, pinned=pinned, reposted=reposted)


def listed(*posts: TimelinePost, complete: bool = False, kinds: frozenset[PostKind] = BOTH) -> TimelineList:
    """Build one list."""
    return TimelineList(posts, complete, kinds)


def seen(*posts: TimelinePost, complete: bool = False) -> TimelineView:
    """Build a look at one list with everything."""
    return TimelineView((listed(*posts, complete=complete),))


def reply(minutes: float, answers: str = "7") -> TimelinePost:
    """Build a post that X says to be an answer."""
    return replace(shown(minutes), answers=answers, kind=REPLY)


def original(minutes: float) -> TimelinePost:
    """Build a post that X says to be none."""
    return replace(shown(minutes), kind=ORIGINAL)


def test_a_look_covers_what_is_newer_than_a_post_in_its_place() -> None:
    """Everything down to the last post that has an older one below it."""
    look = seen(shown(30), shown(-10), shown(-60))
    assert look.covers_since() == NOON - timedelta(minutes=10)
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
    assert not seen(*first).covers(NOON)


def test_a_complete_list_covers_everything() -> None:
    """There is no more to show."""
    assert seen(complete=True).covers(NOON)


def test_a_list_without_originals_says_nothing_of_an_original() -> None:
    """An account's replies, all of them, though the original is newer than every one: it stands in another list."""
    replies = listed(reply(-38), reply(-39), complete=True, kinds=frozenset({REPLY}))
    look = TimelineView((replies,))
    assert look.covers(NOON, REPLY)
    assert not look.covers(NOON, ORIGINAL)
    assert not look.covers(NOON), "of an unknown kind it may be an original"
    with_originals = TimelineView((replies, listed(original(0), original(-4), kinds=frozenset({ORIGINAL}))))
    assert with_originals.covers(NOON + timedelta(minutes=5), ORIGINAL)
    assert not with_originals.covers(NOON - timedelta(minutes=4), ORIGINAL)


def test_a_post_of_unknown_kind_is_only_missing_where_both_lists_reach_back() -> None:
    """The list that reaches less far decides; a list that is not known to hold anything never does."""
    originals = listed(original(30), original(-10), original(-60), kinds=frozenset({ORIGINAL}))
    replies = listed(reply(30), reply(-20), reply(-60), kinds=frozenset({REPLY}))
    look = TimelineView((replies, originals))
    assert look.covers_since(ORIGINAL) == NOON - timedelta(minutes=10)
    assert look.covers_since(REPLY) == NOON - timedelta(minutes=20)
    assert look.covers_since() == NOON - timedelta(minutes=10)
    assert TimelineView((listed(complete=True, kinds=frozenset()),)).covers_since() is None
    assert TimelineView(()).covers_since() is None
    assert TimelineView((listed(complete=True), originals)).covers_since(ORIGINAL) == X_BEGAN


def test_a_parent_in_a_list_of_replies_proves_nothing() -> None:
    """Our own older posts stand above our answers to them, in the order of the answers."""
    parents = [original(-600), reply(-700)]
    below = [reply(20, parents[0].x_post_id), reply(10, parents[1].x_post_id)]
    rows = (parents[0], below[0], parents[1], below[1])
    for kinds in (frozenset({REPLY}), BOTH):
        assert listed(*rows, kinds=kinds).covers_since == NOON + timedelta(minutes=20)
    cut = (parents[0], parents[1], below[1])  # the answer to the first was shown before, elsewhere in the list
    assert listed(*cut, kinds=frozenset({REPLY})).covers_since is None


def test_every_list_is_searched_and_a_post_in_two_of_them_is_one() -> None:
    """An answer may stand in the list of posts as well."""
    ours, answer = original(0.1), reply(1)
    look = TimelineView((listed(answer, kinds=frozenset({REPLY})), listed(ours, answer, kinds=frozenset({ORIGINAL}))))
    assert look.shown == (answer, ours)
    assert look.alike("Something else.", since=NOON, taken=()) == [ours, answer]


def test_the_post_of_our_intent_is_found_among_others_with_its_words() -> None:
    """Not an older one, not one of another row, not a repost; of two the first that came after the intent."""
    old, ours, again = shown(-60, TEXT), shown(0.1, TEXT), shown(9, TEXT)
    look = seen(shown(11, TEXT, reposted=True), again, ours, old)
    assert look.alike(TEXT, since=NOON, taken=()) == [ours, again]
    assert look.alike(TEXT, since=NOON, taken={ours.x_post_id}) == [again]
    assert look.alike(TEXT, since=NOON, taken={ours.x_post_id, again.x_post_id}) == []
    assert look.alike(TEXT, since=None, taken=()) == [old, ours, again]


def test_clocks_may_differ_a_little() -> None:
    """X shows whole seconds of its own clock."""
    early = shown(-1, TEXT)
    assert seen(early).alike(TEXT, since=NOON, taken=()) == [early]


def test_a_post_that_answers_another_one_is_not_ours() -> None:
    """Where the page does not tell what it answers, its words and its time decide."""
    answer = replace(shown(1, TEXT), answers="7")
    assert in_its_place(answer, "7")
    assert not in_its_place(answer, "8")
    assert not in_its_place(answer, None)
    assert in_its_place(shown(1, TEXT), "7")
    assert in_its_place(original(1), None)
    assert not in_its_place(original(1), "7"), "X says that it answers nothing"


def test_a_translation_is_never_compared_with_what_was_posted() -> None:
    """A post that is shown only in translation is not alike, and may be the one that is looked for."""
    hidden = replace(shown(1, ""), translated=True)
    look = seen(hidden, shown(-30), shown(-60), complete=True)
    assert look.alike("", since=NOON, taken=()) == []
    assert look.hides_words_since(NOON, taken=())
    assert not look.hides_words_since(NOON, taken={hidden.x_post_id})
    assert not look.hides_words_since(NOON + timedelta(minutes=10), taken=())
