"""How near a post is to what the account writes about, by the words of its topics: what a model judges better."""

import re
from collections.abc import Sequence

from xbot_assets.domain.persona import Topic

ONE_WORD, TWO_WORDS = 0.6, 1.0
"""A post with one word of a topic may be about it; with two it is."""


def keyword_relevance(text: str, topics: Sequence[Topic]) -> float:
    """Return 0, :data:`ONE_WORD` or :data:`TWO_WORDS`: how many words of one topic, its name included, stand in it."""
    said = text.casefold()
    most = max((_hits(said, topic) for topic in topics), default=0)
    return (0.0, ONE_WORD, TWO_WORDS)[min(most, 2)]


def _hits(said: str, topic: Topic) -> int:
    # A plural's end is left off both ways, so that "seeds" and "seed" meet.
    stems = {word.casefold().removesuffix("s") for word in (topic.name, *topic.keywords)}
    return sum(re.search(rf"(?<!\w){re.escape(stem)}(?:s|es)?(?!\w)", said) is not None for stem in stems)
