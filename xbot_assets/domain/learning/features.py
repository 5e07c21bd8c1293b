"""What the predictor sees of a post before it is published: numbers from its text and its hour."""

import math
import re
from datetime import datetime

_HASHTAG = re.compile(r"(?<!\w)#\w+")
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d")
LENGTH_UNIT = 100.0
"""Characters per unit of the length features, so that all features have similar size."""
HOURS = 24.0


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


def time_features(at: datetime) -> dict[str, float]:
    """Return the hour of day on a circle, so that 23:00 and 01:00 are close."""
    angle = 2 * math.pi * (at.hour + at.minute / 60) / HOURS
    return {"hour_sine": math.sin(angle), "hour_cosine": math.cos(angle)}


def post_features(text: str, at: datetime) -> dict[str, float]:
    """Return every feature of a post that will be published at ``at`` (UTC)."""
    return text_features(text) | time_features(at)
