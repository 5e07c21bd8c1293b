"""Exact counts from the words X puts on a post for screen readers; the visible numbers are abbreviated."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from xbot_assets.x.answers import Counts

_PART = re.compile(r"^(\d+) (repl(?:y|ies)|reposts?|likes?|bookmarks?|views?)$")
_FIELDS = {"repl": "replies", "repo": "reposts", "like": "likes", "book": "bookmarks", "view": "views"}
_FIELD_LETTERS = 4
"""The first letters that tell the five words apart, singular or plural."""
_VIEWER_WORDS = frozenset({"Liked", "Reposted", "Bookmarked", ""})
_GROUPED = re.compile(r"(?<=\d)[.,'\u2019\s](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+")
_SHOWN = re.compile(r"^\D*([\d.,]+)\s*([KMB]?)\b")
_SCALE = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def counts_of(label: str, buttons: Mapping[str, str | None]) -> Counts:
    """Return the counts a post shows.

    In English the group label alone decides: a missing word is zero, except views, where it means "not
    shown". In any other language each button's own leading digits are read instead; a bookmark count that no
    button carries is what the label's numbers leave over.
    """
    english = _english(label)
    return Counts(**english) if english is not None else _from_buttons(label, buttons)


def _english(label: str) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for part in label.split(", "):
        match = _PART.match(part)
        if match:
            found[_FIELDS[match[2][:_FIELD_LETTERS]]] = int(match[1])
        elif part not in _VIEWER_WORDS:
            return None
    return found


def _from_buttons(label: str, buttons: Mapping[str, str | None]) -> Counts:
    found = {name: number for name, text in buttons.items() if (number := _leading(text)) is not None}
    if "bookmarks" not in found:
        left = Counter(_numbers(label)) - Counter(number for number in found.values() if number)
        found["bookmarks"] = next(iter(left.elements())) if left.total() == 1 else 0
    return Counts(**found)


def _numbers(text: str) -> list[int]:
    plain = _GROUPED.sub("", unicodedata.normalize("NFKC", text))
    return [int(digits) for digits in _NUMBER.findall(plain)]


def _leading(text: str | None) -> int | None:
    """Return the number a button's label starts with, or ``None`` when it starts with a word."""
    plain = _GROUPED.sub("", unicodedata.normalize("NFKC", text or "").strip())
    match = _NUMBER.match(plain)
    return int(match[0]) if match else None


def shown_number(text: str | None) -> int:
    """Return the number a profile shows, such as ``182.6K Followers`` or ``1,160 posts``; inexact above 9,999.

    Raises:
        ValueError: when the text holds no number in X's English notation.
    """
    match = _SHOWN.match(text or "")
    if not match:
        msg = f"No number in {text!r}."
        raise ValueError(msg)
    digits, scale = match.groups()
    return round(float(digits.replace(",", "")) * _SCALE[scale])
