"""Exact counts from the words X puts on a post for screen readers; the visible numbers are abbreviated."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from xbot_assets.browser.pages.numbers.amounts import amounts, one_amount
from xbot_assets.browser.pages.numbers.notation import Notation, notation_of
from xbot_assets.x.answers import Counts

_PART = re.compile(r"^([\d.,]+) (repl(?:y|ies)|reposts?|likes?|bookmarks?|views?)$")
_FIELDS = {"repl": "replies", "repo": "reposts", "like": "likes", "book": "bookmarks", "view": "views"}
_FIELD_LETTERS = 4
"""The first letters that tell the five words apart, singular or plural."""
_VIEWER_WORDS = frozenset({"Liked", "Reposted", "Bookmarked"})
_JOINER = re.compile("[\u3001\uff0c\u060c;\uff1b\u061b]|,(?=\\s)")
"""What stands between the items of a label: commas of all scripts; one between digits is part of a number."""
_ALWAYS = ("replies", "reposts", "likes")
"""Their buttons carry a number even when it is 0."""
_TWO = 2


def counts_of(
    label: str, buttons: Mapping[str, str | None], *, language: str | None = None, viewer_words: int = 0
) -> Counts:
    """Return the counts a post shows; what cannot be read for sure is absent.

    In English the group label alone decides: a missing word is zero, except views, where it means "not shown". In any
    other language each button's own number is read; of bookmarks and views, one that no button carries is what the
    label's numbers leave over when all others are accounted for.

    Args:
        label: of the group; empty when there is none, or when nobody has touched the post.
        buttons: the label of each button of the bar, by what it counts.
        language: of the page, as ``<html lang>`` names it.
        viewer_words: how many items of the label may say what the viewer did ("Liked") instead of a number.
    """
    english = _english(label)
    return Counts(**english) if english else _from_buttons(label, buttons, notation_of(language), viewer_words)


def _english(label: str) -> dict[str, int] | None:
    """Read a label whose every item is an English one; ``None`` when there is another item, or none at all."""
    if not label.strip():
        return None
    counts = dict.fromkeys((*_ALWAYS, "bookmarks"), 0)
    for part in label.split(", "):
        match = _PART.match(part)
        amount = one_amount(match[1], notation_of("en")) if match else None
        if match and amount is not None:
            counts[_FIELDS[match[2][:_FIELD_LETTERS]]] = amount.value
        elif part not in _VIEWER_WORDS:
            return None
    return counts


def _from_buttons(label: str, buttons: Mapping[str, str | None], notation: Notation, viewer_words: int) -> Counts:
    counts = {name: number for name, text in buttons.items() if (number := _whole(text, notation)) is not None}
    items = _items_of(label, notation)
    if items is not None and items.without_number <= viewer_words and all(name in counts for name in _ALWAYS):
        counts |= _left_over(Counter(items.numbers), counts)
    return Counts(**counts)


def _whole(text: str | None, notation: Notation) -> int | None:
    """Return the only number in a button's label, when it is written whole."""
    amount = one_amount(text, notation)
    return None if amount is None or amount.shortened else amount.value


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of a label: their numbers, but for zeros, and how many items have no digits."""

    numbers: tuple[int, ...]
    without_number: int


def _items_of(label: str, notation: Notation) -> _Items | None:
    """Take a label apart; ``None`` when a number in it cannot be read, or is not written whole."""
    items = [amounts(item, notation) for item in _JOINER.split(label) if item.strip()]
    read = [amount for item in items for amount in item]
    if any(amount is None or amount.shortened for amount in read):
        return None
    numbers = tuple(amount.value for amount in read if amount is not None and amount.value)
    return _Items(numbers, sum(not item for item in items))


def _left_over(numbers: Counter[int], known: Mapping[str, int]) -> dict[str, int]:
    """Say what the numbers of a label tell of bookmarks and views, beyond those of the buttons.

    The label leaves out what is zero, and views where they are not shown. One number that may be either is neither.
    """
    ours = Counter(number for number in known.values() if number)
    left = list((numbers - ours).elements())
    unknown = [name for name in ("bookmarks", "views") if name not in known]
    if ours - numbers or len(left) >= _TWO or (left and len(unknown) != 1):
        return {}
    if left:
        return {unknown[0]: left[0]}
    return {"bookmarks": 0} if "bookmarks" in unknown else {}


def shown_number(text: str | None, language: str | None) -> int | None:
    """Return the number a profile shows, such as ``182.6K Followers``; inexact where the page shortens it.

    ``None`` when there is none, or it cannot be read for sure in the page's language.
    """
    amount = one_amount(text, notation_of(language))
    return None if amount is None else amount.value
