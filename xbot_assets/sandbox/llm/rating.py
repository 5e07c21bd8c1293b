"""What the "model" makes of posts that it is shown: how near to some topics each is, what about, and in which form."""

import re
from collections import Counter
from collections.abc import Sequence

from xbot_assets.sandbox.llm.asked import shown_posts
from xbot_assets.sandbox.topics import topic_of

NEAR, FAR = "8", "2"
_CITED = 3
"""Posts named for one sentence."""
_BEGINNINGS = ("Liked posts about", "Posts that go far about", "What people share about", "Recent posts about")
_ASKS_FOR_NUMBERS = re.compile(r"\bfrom 0 to 10\b", re.IGNORECASE)
_ASKS_FOR_REPLIES = re.compile(r"\breply to (?:one of the )?posts?\b", re.IGNORECASE)
_ASKS_FOR_CONCLUSIONS = re.compile(r"\bconclude (\d{1,2}) sentence", re.IGNORECASE)
_SHOWN_SIGNAL = re.compile(r"(\d{1,20}) · ([^·]*) · ([^·]*) · (.*)", re.DOTALL)
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


def conclusions(prompt: str) -> tuple[tuple[str, str], ...]:
    """Return as many sentences as the prompt wants concluded, each with the ids of its posts; nothing otherwise.

    They say what posts of one form are about: as much as can be said for sure.
    """
    wanted = _ASKS_FOR_CONCLUSIONS.search(prompt)
    signals = [match for text in shown_posts(prompt) if (match := _SHOWN_SIGNAL.fullmatch(text))]
    if wanted is None or not signals:
        return ()
    forms = Counter((match[2], topic_of(match[4])) for match in signals).most_common()
    chosen = [forms[number % len(forms)][0] for number in range(int(wanted[1]))]
    return tuple(_conclusion(form, topic, signals, number) for number, (form, topic) in enumerate(chosen))


def _conclusion(form: str, topic: str, signals: Sequence[re.Match[str]], number: int) -> tuple[str, str]:
    ids = [match[1] for match in signals if (match[2], topic_of(match[4])) == (form, topic)][:_CITED]
    beginning = _BEGINNINGS[number % len(_BEGINNINGS)]
    return f"{beginning} {topic} often take the shape of a {form}.", ", ".join(ids)
