"""How long X counts a post to be: twitter-text's weighted length, configuration version 3."""

import re
import unicodedata

LINK_LENGTH = 23
"""Every link counts this much, however long it is (``transformedURLLength``)."""
LIGHT_WEIGHT, DEFAULT_WEIGHT = 1, 2
"""Weights 100 and 200 at scale 100: letters of most alphabets count one, everything else two."""
_LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

_WITH_SCHEME = r"https?://[^\s<>\"]+"
_GENERIC_DOMAIN = r"(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|biz|app|dev|blog|news|xyz|online|shop|site)\b"
# A country's domain counts as a link without a scheme only with two names before it, or a path after it; X
# excepts .co and .tv. Any two letters pass for a country here: at worst a text is counted too long.
_COUNTRY_DOMAIN = r"(?:[a-z0-9-]+\.){2,}[a-z]{2}\b|[a-z0-9-]+\.(?:co|tv)\b|[a-z0-9-]+\.[a-z]{2}(?=/)"
_LINK = re.compile(
    rf"(?<![\w@#$./-])(?:{_WITH_SCHEME}|(?:{_GENERIC_DOMAIN}|{_COUNTRY_DOMAIN})(?!@)(?:/[^\s<>\"]*)?)", re.IGNORECASE
)
_AFTER_A_LINK = ".,;:!?'…"

_PICTURE = (
    r"[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030"
    r"\u303d\u3297\u3299\U0001f004-\U0001f9ff\U0001fa70-\U0001faff]"
)
_DRESSED = rf"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_EMOJI = re.compile(
    rf"[0-9#*]\ufe0f?\u20e3|[\u00a9\u00ae]\ufe0f|[\U0001f1e6-\U0001f1ff]{{2}}"
    rf"|\U0001f3f4[\U000e0020-\U000e007f]+|{_DRESSED}(?:\u200d{_DRESSED})*"
)


def weighted_length(text: str) -> int:
    """Return X's count: links 23, an emoji 2 however many characters it is made of, other characters 1 or 2."""
    composed = unicodedata.normalize("NFC", text)
    links = 0
    rest: list[str] = []
    end = 0
    for start, stop in _link_spans(composed):
        rest.append(composed[end:start])
        links, end = links + 1, stop
    rest.append(composed[end:])
    return links * LINK_LENGTH + sum(_plain_length(part) for part in rest)


def _link_spans(text: str) -> list[tuple[int, int]]:
    return [(found.start(), found.start() + len(_trimmed(found[0]))) for found in _LINK.finditer(text)]


def _trimmed(link: str) -> str:
    """Drop what follows a link in a sentence: punctuation, and a bracket that the link did not open."""
    shorter = link.rstrip(_AFTER_A_LINK)
    if shorter.endswith(")") and "(" not in shorter:
        shorter = shorter[:-1].rstrip(_AFTER_A_LINK)
    return shorter


def _plain_length(text: str) -> int:
    without, emoji = _EMOJI.subn("", text)
    return emoji * DEFAULT_WEIGHT + sum(_weight(character) for character in without)


def _weight(character: str) -> int:
    point = ord(character)
    return LIGHT_WEIGHT if any(low <= point <= high for low, high in _LIGHT_RANGES) else DEFAULT_WEIGHT
