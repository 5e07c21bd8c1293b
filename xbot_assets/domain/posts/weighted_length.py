"""How long X counts a post to be: twitter-text's weighted length, configuration version 3."""

import re
import unicodedata

from xbot_assets.domain.posts.length.characters import units_of
from xbot_assets.domain.posts.length.emoji import joined_emoji
from xbot_assets.domain.posts.length.links import link_spans

POST_CHARACTERS_MAX = 4_000
"""The longest text that the browser step types, in characters; no limit on the weighted length lies above it."""
LINK_LENGTH = 23
"""Every link counts this much, however long it is (``transformedURLLength``)."""
LIGHT_WEIGHT, DEFAULT_WEIGHT = 1, 2
"""Weights 100 and 200 at scale 100: letters of most alphabets count one, everything else two."""
_LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_PAIR_LENGTH = 2


def weighted_length(text: str) -> int:
    """Return X's count: links 23, an emoji 2 however many characters it is made of, other characters 1 or 2."""
    composed = unicodedata.normalize("NFC", text)
    units = units_of(composed)
    links, emoji = link_spans(units), joined_emoji(composed)
    counted = place = 0
    while place < len(units):
        if place in links:
            weight, step = LINK_LENGTH, links[place]
        elif place in emoji:
            weight, step = DEFAULT_WEIGHT, emoji[place]
        else:
            weight, step = _weight(units[place]), _PAIR_LENGTH if _PAIR.match(units, place) else 1
        counted, place = counted + weight, place + step
    return counted


def length_problem(text: str, limit: int) -> str | None:
    """Say why a text is too long to be posted, where X takes ``limit`` of its own count; or ``None``."""
    counted = weighted_length(text)
    if counted > limit:
        return f"It is too long: X counts {counted} where {limit} are allowed."
    if len(text) > POST_CHARACTERS_MAX:
        return f"It is too long to be typed: {len(text)} characters, and at most {POST_CHARACTERS_MAX} can be."
    return None


def _weight(unit: str) -> int:
    point = ord(unit)
    return LIGHT_WEIGHT if any(low <= point <= high for low, high in _LIGHT_RANGES) else DEFAULT_WEIGHT
