"""What the predictor sees of a post before it is published: numbers from its text, its tone and its hour."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from xbot_assets.domain.pace.hours import local_hour

_HASHTAG = re.compile(r"(?<!\w)#\w+")
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d")
LENGTH_UNIT = 100.0
"""Characters per unit of the length features, so that all features have similar size."""
HOURS = 24.0
TONE = "tone="
"""Begins the name of a tone's column, which is 1 for posts in that tone."""


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
    }


def post_features(text: str, tone: str | None = None) -> dict[str, float]:
    """Return what is kept with a post: its text as numbers, and the tone that it was asked for in, if any.

    The hour is not among them: it is known when the post is out, and :func:`with_hour` adds it.
    """
    return text_features(text) | ({f"{TONE}{tone}": 1.0} if tone else {})


def edited_features(features: Mapping[str, float], text: str) -> dict[str, float]:
    """Return a post's features after its text was changed; a post that is not learned from stays without."""
    return {**features, **text_features(text)} if features else {}


def with_hour(features: Mapping[str, float], at: datetime, zone: ZoneInfo) -> dict[str, float]:
    """Add the owner's hour in which the post goes out, or went out, on a circle: so 23:00 and 01:00 are close.

    It is the hour that the weights of the hours count in.
    """
    angle = 2 * math.pi * local_hour(at, zone) / HOURS
    return {**features, "hour_sine": math.sin(angle), "hour_cosine": math.cos(angle)}
