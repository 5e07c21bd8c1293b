"""What others talk about, and what works for them: the kinds of signals, and how a post is made."""

import re
from enum import StrEnum

from xbot_assets.domain.engagement.seen import SeenCounts

EARNED = {"likes": 1.0, "reposts": 2.0, "replies": 3.0}
"""What a reaction counts where posts are ordered by what they earned: as the account's own outcomes count it."""
_LIST_LINE = re.compile(r"^\s*(?:\d{1,2}[.)]|[-•*→])\s+\S", re.MULTILINE)
_LIST_LINES = 2
_FIGURE = re.compile(r"\d{2,}|\d\s?%")
_HOW_TO = re.compile(r"\bhow to\b|\btips?\b|\bstep by step\b", re.IGNORECASE)
_STORY = re.compile(r"^(?:when|last|yesterday|years? ago|i (?:was|had|spent|once)|my)\b", re.IGNORECASE)
_SHORT = 100
"""Characters up to which a post is one line that says it all."""


class SignalKind(StrEnum):
    """What was seen."""

    TREND = "trend"
    """A trend that X lists, or a post that stands high among those about it."""
    NEWS = "news"
    """A headline that X lists."""
    VIRAL_FORMAT = "viral_format"
    """A post on a topic of the account's that many liked, with how it is made."""
    PEER = "peer"
    """A post of an account that the owner tracks, or that was discovered."""


HIGH_VALUE = (SignalKind.PEER,)
"""What the asset of the high lane brings."""
BACKGROUND = tuple(SignalKind)
"""What the asset of the low lane brings."""


def format_of(text: str, *, photos: int = 0, videos: int = 0) -> str:
    """Say how a post is made, by the first of these that applies; words in English only, signs in any language."""
    marks = (
        (len(_LIST_LINE.findall(text)) >= _LIST_LINES, "list"),
        ("?" in text or "\uff1f" in text, "question"),
        (bool(_HOW_TO.search(text)), "how-to"),
        (bool(_STORY.match(text.strip())), "story"),
        (bool(_FIGURE.search(text)), "figure"),
        (videos > 0, "video"),
        (photos > 0, "picture"),
        (len(text) <= _SHORT, "one line"),
    )
    return next((name for applies, name in marks if applies), "statement")


def earned(counts: SeenCounts) -> float | None:
    """Return the weighted reactions a thousand views, or their sum where views are not told; ``None``: nothing is."""
    told = [weight * value for name, weight in EARNED.items() if (value := getattr(counts, name)) is not None]
    if not told:
        return None
    reactions = float(sum(told))
    return 1000 * reactions / counts.views if counts.views else reactions
