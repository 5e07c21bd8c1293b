"""Text as X's expressions see it: in UTF-16 code units, and with capitals and small letters alike as in JavaScript."""

import re
import struct
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

_ENCODING, _LONE = "utf-16-le", "surrogatepass"
_UNIT_BYTES = 2

ASCII_END = 0x80


def units_of(text: str) -> str:
    """Return the text with each character beyond the first plane as two: the halves that JavaScript sees."""
    if text.isascii():
        return text
    encoded = text.encode(_ENCODING, _LONE)
    return "".join(map(chr, struct.unpack(f"<{len(encoded) // _UNIT_BYTES}H", encoded)))


def joined(units: str) -> str:
    """Return the text of code units, the opposite of :func:`units_of`."""
    return units.encode(_ENCODING, _LONE).decode(_ENCODING, _LONE)


def folded(text: str) -> str:
    """Return the text in capitals, character by character; what has no single capital stays, so places stay too."""
    return "".join(map(_capital, text))


@cache
def letters(ranges: str) -> str:
    """Return the capitals of ranges such as ``a-z`` as the inside of a character class.

    Every third character of ``ranges`` is the hyphen between a first and a last one.
    """
    pairs = zip(ranges[::3], ranges[2::3], strict=True)
    points = (point for first, last in pairs for point in range(ord(first), ord(last) + 1))
    return "".join(sorted({_capital(chr(point)) for point in points}))


def any_of(names: Iterable[str]) -> str:
    """Return an expression of any of the names, the longest that fits first; names that begin alike share it."""
    rests: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        rests[name[:1]].append(name[1:])
    ends = rests.pop("", None)
    if not rests:
        return ""
    branches = "|".join(re.escape(first) + any_of(rest) for first, rest in rests.items())
    return f"(?:{branches})" + ("?" if ends else "")


def _capital(character: str) -> str:
    capital = character.upper()
    becomes_ascii = capital < chr(ASCII_END) <= character
    return character if len(capital) != 1 or becomes_ascii else capital
