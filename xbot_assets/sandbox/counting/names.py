"""The characters and names that a link may be made of."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_ENDINGS = Path(__file__).parents[1] / "static" / "endings.js"
_LISTS = re.compile(r"`([^`]*)`")
_NO_NAME = re.compile(
    r"[!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_LATIN = re.compile("[À-ÖØ-öø-ɏɓɔɖɗəɛɣɨɯɲʉʻ\u0300-\u036fḀ-ỿ]")  # noqa: RUF001 - the letters themselves
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_CODED = re.compile(r"xn--[-0-9a-z]+", re.IGNORECASE | re.ASCII)
_GOES_ON = re.compile(r"[0-9A-Za-z@+-]")


def capitals(text: str) -> str:
    """Return the text in capitals, each character for itself."""
    return "".join(map(_capital, text))


def is_name(character: str) -> bool:
    """Say whether a domain's name may hold the character, an empty one not."""
    return bool(character) and not _NO_NAME.match(character)


def is_ascii_word(character: str) -> bool:
    """Say whether it is a letter or digit of ASCII."""
    return character.isascii() and character.isalnum()


def is_latin(character: str) -> bool:
    """Say whether it is a letter with an accent, or an accent."""
    return any(map(_LATIN.match, (character, capitals(character))))


def is_word(character: str) -> bool:
    """Say whether a path takes it for a letter."""
    return is_ascii_word(character) or is_latin(character) or bool(_CYRILLIC.match(capitals(character)))


def name_end(text: str, start: int) -> int | None:
    """Return where the top-level name ends that begins at a place, or ``None``."""
    for names in _kinds():
        for end in _ends(text, start):
            if capitals(text[start:end]) in names and not _GOES_ON.match(text[end : end + 1]):
                return end
    coded = _CODED.match(text, start)
    return coded.end() if coded else None


def _ends(text: str, start: int) -> Iterator[int]:
    return iter(range(min(len(text), start + _longest_name()), start, -1))


@cache
def _kinds() -> tuple[frozenset[str], ...]:
    """Generic names, then those of countries."""
    lists = _LISTS.findall(_ENDINGS.read_text("utf-8"))
    return tuple(frozenset(map(capitals, names.split())) for names in lists)


def _capital(character: str) -> str:
    """Return its capital, unless that is several letters, or one of ASCII for one that is not."""
    capital = character.upper()
    return capital if len(capital) == 1 and capital.isascii() == character.isascii() else character


@cache
def _longest_name() -> int:
    return max(len(name) for names in _kinds() for name in names)
