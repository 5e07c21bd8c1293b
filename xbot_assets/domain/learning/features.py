"""What the predictor sees of a post before it is published: numbers from its text, its tone and its hour."""

import math
import re
import zlib
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from xbot_assets.domain.pace.hours import local_hour

_HASHTAG = re.compile(r"(?<!\w)#\w+")
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d")
_MENTION = re.compile(r"@\w+")
_WORD = re.compile(r"[^\W\d_]{4,}")
LENGTH_UNIT = 100.0
"""Characters per unit of the length features, so that all features have similar size."""
HOURS = 24.0
TONE = "tone="
"""Begins the name of a tone's column, which is 1 for posts in that tone."""

WORD = "word_"
"""Begins the name of a column of words, which is 1 for texts that have one of them."""
WORD_COLUMNS = 256
"""Words share so many columns by a checksum (Weinberger et al. 2009): the columns are known before any text is."""
WORD_BEGINNING = 6
"""Words that begin alike are one: plant, plants, planting."""


def word_features(text: str) -> dict[str, float]:
    """Return the columns of a text's words, of four letters and more, without links and names."""
    words = _WORD.findall(_MENTION.sub(" ", _LINK.sub(" ", text)).casefold())
    beginnings = sorted({word[:WORD_BEGINNING] for word in words})
    return {f"{WORD}{zlib.crc32(one.encode()) % WORD_COLUMNS}": 1.0 for one in beginnings}


def text_features(text: str) -> dict[str, float]:
    """Return named numbers describing the text alone."""
    length = len(text) / LENGTH_UNIT
    return {
        "length": length,
        "length_squared": length * length,
        "lines": float(text.count("\n")),
        "question": float("?" in text),
        "number": float(bool(_NUMBER.search(text))),
        "hashtags": float(len(_HASHTAG.findall(text))),
        "links": float(len(_LINK.findall(text))),
        **word_features(text),
    }


def post_features(text: str, tone: str | None = None) -> dict[str, float]:
    """Return what is kept with a post: its text as numbers, and the tone that it was asked for in, if any.

    The hour is not among them: it is known when the post is out, and :func:`with_hour` adds it.
    """
    return text_features(text) | ({f"{TONE}{tone}": 1.0} if tone else {})


def edited_features(features: Mapping[str, float], text: str) -> dict[str, float]:
    """Return a post's features after its text was changed; a post that is not learned from stays without."""
    kept = {name: value for name, value in features.items() if not name.startswith(WORD)}
    return {**kept, **text_features(text)} if features else {}


def with_hour(features: Mapping[str, float], at: datetime, zone: ZoneInfo) -> dict[str, float]:
    """Add the owner's hour in which the post goes out, or went out, on a circle: so 23:00 and 01:00 are close.

    It is the hour that the weights of the hours count in.
    """
    angle = 2 * math.pi * local_hour(at, zone) / HOURS
    return {**features, "hour_sine": math.sin(angle), "hour_cosine": math.cos(angle)}
