"""Counts from labels: omission means zero, views may be hidden, and other languages are read from the buttons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.browser.pages.labels import counts_of, shown_number
from xbot_assets.x.answers import Counts

NOTHING: dict[str, str | None] = dict.fromkeys(("replies", "reposts", "likes", "bookmarks", "views"))
WORDS = {"replies": ("reply", "replies"), "reposts": ("repost", "reposts"), "likes": ("like", "likes")}
MORE_WORDS = {"bookmarks": ("bookmark", "bookmarks"), "views": ("view", "views")}


@given(
    st.fixed_dictionaries(dict.fromkeys([*WORDS, *MORE_WORDS], st.integers(0, 10**9))),
    st.booleans(),
)
def test_a_label_that_drops_zero_items_gives_back_every_count(numbers: dict[str, int], liked: bool) -> None:  # noqa: FBT001
    """Whatever X leaves out is zero, except views, where it means not shown."""
    parts = []
    for name, (singular, plural) in (WORDS | MORE_WORDS).items():
        if numbers[name]:
            parts.append(f"{numbers[name]} {singular if numbers[name] == 1 else plural}")
        if name == "likes" and liked:
            parts.append("Liked")
    expected = Counts(**(numbers | {"views": numbers["views"] or None}))
    assert counts_of(", ".join(parts), NOTHING) == expected


def test_an_empty_label_means_zero_and_views_not_shown() -> None:
    """A post that nobody has touched has an empty label."""
    assert counts_of("", NOTHING) == Counts(views=None)


def test_a_japanese_label_is_read_from_the_buttons() -> None:
    """Each button starts with its number; the bookmark number is what the label has left over."""
    buttons = {
        "replies": "15 件の返信。返信する",
        "reposts": "1,003 件のリポスト。リポストする",
        "likes": "0 件のいいね。いいねする",
        "bookmarks": "ブックマーク",
        "views": "89562 件の表示。ポストアナリティクスを表示",
    }
    label = "15 件の返信、1003 件のリポスト、729 件のブックマーク、89562 件の表示"
    assert counts_of(label, buttons) == Counts(replies=15, reposts=1003, likes=0, bookmarks=729, views=89562)


def test_a_german_label_without_bookmarks_gives_zero_bookmarks() -> None:
    """When the buttons account for every number of the label, nothing is left for bookmarks."""
    buttons = {
        "replies": "2 Antworten. Antworten",
        "reposts": "0 Reposts. Reposten",
        "likes": "2 „Gefällt mir“",
        "views": None,
    }
    assert counts_of("2 Antworten, 2 „Gefällt mir“-Angaben", buttons) == Counts(replies=2, likes=2, views=None)


@pytest.mark.parametrize(
    ("text", "number"),
    [("182.6K Followers", 182_600), ("334 Following", 334), ("1,160 posts", 1160), ("84M Followers", 84_000_000)],
)
def test_a_shown_number_is_expanded(text: str, number: int) -> None:
    """Profiles show rounded numbers; they are only the fallback."""
    assert shown_number(text) == number


def test_a_text_without_a_number_is_refused() -> None:
    """No number must not become zero."""
    with pytest.raises(ValueError, match="No number"):
        shown_number("Followers")
