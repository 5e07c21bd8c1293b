"""How each language writes numbers: its decimal mark, and the words by which it shortens them ("38,2 mil", "4.7万")."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

LANGUAGES = re.findall(
    r"\S+",
    """
    ar bg bn ca cs da de el en en-GB es et eu fa fi fil fr ga gl gu he hi hr hu id it ja ka kn ko lt lv ml mr ms nb nl
    pa pl pt ro ru sk sl sr sv ta te th tr uk ur vi zh-Hans zh-Hant
    """,
)
"""The languages that X can be shown in, and some of their neighbours."""
_ALIASES = {"msa": "ms", "iw": "he", "in": "id", "no": "nb", "tl": "fil"}
"""Names that X uses, or used, for languages which have another one today."""
_MORE_WORDS = frozenset(
    {"tsd", "mill", "lakh", "lac", "crore", "cr", "rb", "k", "m", "b", *"十百千拾佰仟십백", "สิบ", "ร้อย"}
)
"""Shortenings that people use beside those of CLDR: a number before one of them is not read without its meaning."""
_THOUSAND, _MILLION = 10**3, 10**6
_OWN_WORDS: Mapping[str, Mapping[str, int]] = {
    "de": {"tsd.": _THOUSAND},
    "en": {"lakh": 10**5, "crore": 10**7},
    "gl": {"mil": _THOUSAND},
    "hi": {"हजार": _THOUSAND, "ला॰": 10**5},
    "ja": {"千": _THOUSAND, "百万": _MILLION, "千万": 10 * _MILLION},
    "ko": {"십만": 10**5, "백만": _MILLION, "천만": 10 * _MILLION},
    "zh": {"千": _THOUSAND, "百万": _MILLION, "百萬": _MILLION, "千万": 10 * _MILLION, "千萬": 10 * _MILLION},
}
"""Words with one meaning in their language that CLDR, which names one for each size, leaves out."""
NOUNS = ("mi piace",)
"""What X counts in one language ("Mi piace", likes) and begins with what shortens a number in another."""
COUNTERS = ("টি", "টা", "জন")
"""Written in one with the number before them, in Bengali: "48টি" is 48 of something."""
SMALL_M = "m"
"""A million in English; where decimals have a comma it may be a thousand ("38,2 m" in Catalan), and is not read."""
_TRILLIONS = frozenset("조兆")
"""No count is that large, and they begin Korean and Japanese nouns: "14 조회수" is 14 views."""
_PATTERN = re.compile(r"0+")

Words = Mapping[str, int]
"""What a number is multiplied by, by the word that says so, in small letters and as :func:`plain` leaves it."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How one language writes numbers.

    Attributes:
        decimal: ``"."`` or ``","``, the other one then being a mark between groups of digits; ``None``: not known.
        after: words after a number, the longest first.
        before: words before a number, the longest first.
    """

    decimal: str | None
    after: Words
    before: Words


def plain(text: str) -> str:
    """Return a text with Western digits, plain spaces, letters of usual width and no marks of writing direction.

    Raised digits, fractions and numbers in circles stay what they are: "5\u00b2" is not 52.
    """
    usual = (letter if _is_sign(letter) else unicodedata.normalize("NFKC", letter) for letter in text)
    return "".join(map(_plain, "".join(usual)))


def _is_sign(letter: str) -> bool:
    """Whether a letter stands for a number, or a part of one, that is no digit."""
    return unicodedata.category(letter) in {"No", "Nl"}


def _plain(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    return "" if kind == "Cf" else " " if kind == "Zs" or letter.isspace() else letter


@cache
def notation_of(tag: str | None) -> Notation:
    """Return how the language of a page (``<html lang>``) writes numbers.

    For an unknown language it holds the words that mean the same in all of :data:`LANGUAGES`, and no decimal mark.
    """
    locale = _locale(tag or "")
    return _common() if locale is None else _notation(locale)


def _locale(tag: str) -> Locale | None:
    parts = tag.strip().replace("_", "-").partition("-x-")[0].split("-")
    parts[0] = _ALIASES.get(parts[0].casefold(), parts[0])
    for name in ("-".join(parts), parts[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None


def _notation(locale: Locale) -> Notation:
    marks = locale.number_symbols.get("latn", {})
    decimal = marks.get("decimal")
    words = [(before, after, times) for before, after, times in _words(locale) if after not in _TRILLIONS]
    words += [("", word, times) for word, times in _OWN_WORDS.get(locale.language, {}).items()]
    return Notation(
        decimal if decimal in {".", ","} else None,
        _sure((after, times) for before, after, times in words if after and not before),
        _sure((before, times) for before, after, times in words if before and not after),
    )


def _words(locale: Locale) -> Iterable[tuple[str, str, int]]:
    for length in ("short", "long"):
        for sizes in (locale.compact_decimal_formats.get(length) or {}).values():
            for size, pattern in sizes.items():
                written = str(getattr(pattern, "pattern", pattern)).partition(";")[0].replace("'", "")
                digits = _PATTERN.search(written)
                if digits is not None:
                    times = int(size) // 10 ** (len(digits[0]) - 1)
                    yield _word(written[: digits.start()]), _word(written[digits.end() :]), times


def _word(written: str) -> str:
    return plain(written).strip().casefold()


def _sure(words: Iterable[tuple[str, int]]) -> Words:
    """Return the words that have one meaning, the longest first; each is known without its last full stop too."""
    meanings: dict[str, set[int]] = {}
    for word, times in words:
        for written in {word, word.rstrip(".")}:
            meanings.setdefault(written, set()).add(times)
    sure = {word: next(iter(times)) for word, times in meanings.items() if len(times) == 1 and word}
    return {word: sure[word] for word in sorted(sure, key=len, reverse=True)}


@cache
def _common() -> Notation:
    known = [notation_of(tag) for tag in LANGUAGES]
    after = _sure(item for notation in known for item in notation.after.items())
    return Notation(None, after, _sure(item for notation in known for item in notation.before.items()))


@cache
def shortenings() -> frozenset[str]:
    """Return everything that shortens a number in some language, without a last full stop: none of it begins a noun."""
    locales = filter(None, map(_locale, LANGUAGES))
    words = {word for locale in locales for written in _words(locale) for word in written[:2] if word}
    return frozenset(word.rstrip(".") for word in words - _TRILLIONS) | _MORE_WORDS
