"""What the "model" makes of posts that it is shown: how near each is to some topics, and what each is about."""

import re

from xbot_assets.sandbox.llm.asked import shown_posts
from xbot_assets.sandbox.topics import topic_of

NEAR, FAR = "8", "2"
_ASKS_FOR_NUMBERS = re.compile(r"\bfrom 0 to 10\b", re.IGNORECASE)
_ASKS_FOR_REPLIES = re.compile(r"\breply to (?:one of the )?posts?\b", re.IGNORECASE)
_TOPICS = re.compile(r"\btopics of the account:\s*([^\n]+)", re.IGNORECASE)


def ratings(prompt: str) -> tuple[str, ...]:
    """Return a number for each post shown, when the prompt asks for numbers; nothing otherwise."""
    if not _ASKS_FOR_NUMBERS.search(prompt):
        return ()
    topics = _TOPICS.search(prompt)
    words = {word.casefold() for word in re.findall(r"\w{4,}", topics[1])} if topics else set()
    return tuple(NEAR if _near(text, words) else FAR for text in shown_posts(prompt))


def _near(text: str, words: set[str]) -> bool:
    said = set(re.findall(r"\w{4,}", text.casefold()))
    return not words.isdisjoint(said | {word.removesuffix("s") for word in said} | set(topic_of(text).split()))


def answered_topics(prompt: str) -> tuple[str, ...]:
    """Return what each post to be answered is about, when the prompt asks for replies; nothing otherwise."""
    if not _ASKS_FOR_REPLIES.search(prompt):
        return ()
    return tuple(topic_of(text) for text in shown_posts(prompt))
