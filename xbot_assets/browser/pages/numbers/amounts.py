"""The numbers in a text of a page, each with what stands around it: "38,2 mil Seguidores" is 38,200 in Spanish.

What could be two numbers is none: ``1.234`` without a language, ``1,5`` of something that is counted in wholes.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from xbot_assets.browser.pages.numbers.notation import COUNTERS, NOUNS, SMALL_M, Notation, Words, plain, shortenings

_NUMBER = re.compile(r"([0-9]+(?:[.,\u066b\u066c'\u2019 ][0-9]+)*)")
_MARK = re.compile(r"[^0-9]")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:m[0-9]{3})+|[1-9][0-9]?(?:m[0-9]{2})+m[0-9]{3}")
"""Groups of three, or the Indian ones (12,34,567); ``m`` stands for the mark between them."""
_GROUPS_ONLY = frozenset("\u066c'\u2019 ")
_DECIMAL_ONLY = "\u066b"
_DECIMALS_MOST = 2
"""X shows one decimal, and never more than two; three digits after a mark are a group or nothing."""
_TOO_MANY = 10**12
"""No account and no post has counts of this size: what reads like one has been misread."""
_CLOSES = frozenset(".,;:!?)]\u3001\u3002\u00bb\u201c\u201d\u300d\u060c\u061b\u00b7|")
_OPENS = frozenset(":([\u00ab\u201e\u201c\u201d\u300c\u3001\u060c\u00b7|/")
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "BOPOMOFO")
_WITHIN = frozenset("'\u2019-\u05f3\u05f4")
"""Signs that may stand within a word, as in the French for "like"."""
_ARABIC_AND = "\u0648"
"""Written in one with what follows it."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A whole number; ``shortened`` when the page shows only its first digits ("38,2 mil")."""

    value: int
    shortened: bool


def amounts(text: str, notation: Notation) -> list[Amount | None]:
    """Return every number in a text, in its order; ``None`` for one that cannot be read for sure."""
    written = plain(text)
    parts = _NUMBER.split(written)  # what stands around a number, and the numbers, in turn
    around, digits = parts[::2], parts[1::2]
    return [
        _amount(before, number, after, notation)
        for (before, after), number in zip(pairwise(around), digits, strict=True)
    ]


def one_amount(text: str | None, notation: Notation) -> Amount | None:
    """Return the only number in a text; ``None`` when there is none, or more than one, or it cannot be read."""
    numbers = amounts(text or "", notation)
    return numbers[0] if len(numbers) == 1 else None


def _amount(before: str, digits: str, after: str, notation: Notation) -> Amount | None:
    times = _times(before, after, notation)
    value = None if times is None else _value(digits, notation.decimal, shortened=times > 1)
    if times is None or value is None:
        return None
    whole = value * times
    return Amount(int(whole), times > 1) if whole < _TOO_MANY and whole == whole.to_integral_value() else None


# --- digits -----------------------------------------------------------------------------------------------
def _value(digits: str, decimal: str | None, *, shortened: bool) -> Decimal | None:
    """Read digits and the marks between them; only a shortened number has decimals."""
    marks = _MARK.findall(digits)
    if not marks:
        return Decimal(digits) if digits == "0" or not digits.startswith("0") else None
    if _is_grouped(digits, marks, decimal):
        return Decimal(_MARK.sub("", digits))
    whole, mark, rest = digits.rpartition(marks[-1])
    if not (shortened and len(rest) <= _DECIMALS_MOST and mark in f".,{_DECIMAL_ONLY}"):
        return None
    above = _value(whole, mark if mark in ".," else decimal, shortened=False)
    return None if above is None else above + Decimal(f"0.{rest}")


def _is_grouped(digits: str, marks: list[str], decimal: str | None) -> bool:
    """Say whether the marks surely stand between groups: one alone may be a decimal mark."""
    mark = marks[0]
    if set(marks) != {mark} or mark == _DECIMAL_ONLY or not _GROUPED.fullmatch(digits.replace(mark, "m")):
        return False
    return len(marks) > 1 or mark in _GROUPS_ONLY or decimal not in {None, mark}


# --- words ------------------------------------------------------------------------------------------------
def _times(before: str, after: str, notation: Notation) -> int | None:
    """Return what the words around a number multiply it by; ``None`` when they do not let it be read."""
    led, followed = _led(before, notation.before), _followed(after, notation)
    if led is None or followed is None or (led > 1 and followed > 1):
        return None
    return led * followed


def _followed(after: str, notation: Notation) -> int | None:
    rest = after.lstrip().casefold()
    touches = not after[:1].isspace()
    if not rest or rest.startswith(COUNTERS if touches else NOUNS):
        return 1
    for word, times in notation.after.items():
        if rest.startswith(word) and _ends(word, rest[len(word) :], touches=touches):
            doubtful = word == SMALL_M == after.lstrip()[0] and notation.decimal != "."
            return None if doubtful or rest[len(word) :].lstrip().startswith("+") else times
    if touches and not _may_touch(rest[0], rest[1:2]):
        return None
    return None if rest[0] in "+%" or _begins_shortening(rest) else 1


def _led(before: str, words: Words) -> int | None:
    text = before.rstrip().casefold()
    for word, times in words.items():
        if text.endswith(word) and not text[: -len(word)][-1:].isalnum():
            return times
    if not text:
        return 1
    touches = not before[-1].isspace()
    if touches and not (text[-1] in _OPENS or _is_unspaced(text[-1]) or _stands_alone(text)):
        return None
    is_sign = unicodedata.category(text[-1]) in {"Sm", "Sc", "Pd"}
    return None if is_sign or _ends_shortening(text) else 1


def _stands_alone(text: str) -> bool:
    """Say whether the last word is the Arabic "and", which touches the number after it."""
    return text.rsplit(maxsplit=1)[-1] == _ARABIC_AND


def _may_touch(letter: str, following: str) -> bool:
    """Say whether a letter can follow a number without a space and be no part of it."""
    if letter in _CLOSES:
        return not following.isdigit()
    return _is_unspaced(letter)


def _ends(word: str, rest: str, *, touches: bool) -> bool:
    """Say whether a word is over where it ends; in scripts without spaces one that touches its number always is."""
    if not rest or (touches and _is_unspaced(word[-1])):
        return True
    return not (rest[0].isalnum() or rest[0] in _WITHIN or unicodedata.category(rest[0])[0] == "M")


def _begins_shortening(rest: str) -> bool:
    """Say whether a text begins with what shortens a number in some language."""
    return any(rest.startswith(word) and _ends(word, rest[len(word) :], touches=True) for word in shortenings())


def _ends_shortening(text: str) -> bool:
    """Say whether a text ends with what shortens a number in some language."""
    return any(text.endswith(word) and not text[: -len(word)][-1:].isalnum() for word in shortenings())


def _is_unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_UNSPACED)
