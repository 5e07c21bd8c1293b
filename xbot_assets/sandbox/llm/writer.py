"""The "model": writes a post from sentences dealt like cards, so that nothing comes back before the deck is through.

Keep out: reading prompts, JSON schemas and HTTP.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from xbot_assets.sandbox.llm import grammar
from xbot_assets.sandbox.llm.asked import AskedPost
from xbot_assets.sandbox.llm.length import weighted_length

OWN_SENTENCES = 0.7
"""Share of posts whose core sentence is the topic's own, when the topic is a known one."""
SECOND_SENTENCE = 0.4
"""Share of posts that put a second sentence beside the first, where the kind allows one."""
_LIST_LENGTHS = (3, 4, 5)
_ELLIPSIS = "…"
_TONES = {
    "curious": ("curious", "wonder", "inquisitive", "thoughtful"),
    "warm": ("warm", "friendly", "kind", "encouraging", "gentle"),
    "dry": ("dry", "wry", "ironic", "sarcastic", "deadpan"),
    "playful": ("playful", "funny", "humorous", "cheerful", "bold"),
}
_FORMATS = {
    "question": ("question", "ask", "poll", "prompt"),
    "list": ("list", "checklist", "bullet", "round"),
    "tip": ("tip", "how", "advice", "guide", "trick"),
    "story": ("story", "anecdote", "scene", "tale", "memory"),
    "statistic": ("statistic", "stat", "number", "data", "figure"),
    "take": ("contrarian", "take", "opinion", "myth", "unpopular", "hot"),
}


@dataclass(frozen=True, slots=True)
class Core:
    """The middle of a post. ``closer`` fits it better than any other; ``led`` means that it needs no opener."""

    text: str
    closer: str = ""
    led: bool = False


class Writer:
    """Writes posts; remembers which sentences were dealt, for as long as the process lives."""

    def __init__(self) -> None:
        self._decks: dict[tuple[str, str], list[str]] = {}

    def write(self, post: AskedPost, language: str, limit: int, dice: Random) -> str:
        """Write one post of at most ``limit`` weighted characters."""
        topic = post.topic or "everyday life"
        if language in grammar.languages():
            versions = self._foreign(topic, kind_of(post.format), language, dice)
        else:
            versions = self._english(topic, kind_of(post.format), tone_of(post.tone), dice)
        return _fitting(list(versions), limit)

    def _foreign(self, topic: str, kind: str, language: str, dice: Random) -> Iterator[str]:
        pools = grammar.languages()[language]
        core = self._deal(f"{language} {topic}", kind, pools.get(kind, pools["other"]), dice).replace("{t}", topic)
        opener, closer = dice.choice(pools["openers"]), dice.choice(pools["closers"])
        yield from _versions(opener, core, closer)

    def _english(self, topic: str, kind: str, tone: str, dice: Random) -> Iterator[str]:
        compose: dict[str, Callable[[str, Random], Core]] = {
            "question": self._question,
            "list": self._list,
            "tip": self._tip,
            "story": self._story,
            "statistic": self._statistic,
            "take": self._take,
        }
        core = compose.get(kind, self._observation)(topic, dice)
        shared = grammar.generic()
        opener = "" if core.led else self._deal(tone, "opener", shared["openers"][tone], dice)
        closer = core.closer or self._deal(tone, "closer", shared["closers"][tone], dice)
        yield from _versions(opener, core.text, closer)

    def _question(self, topic: str, dice: Random) -> Core:
        lead = self._sentence(topic, "facts", dice, own=True) + " " if dice.random() < SECOND_SENTENCE else ""
        return Core(lead + self._sentence(topic, "questions", dice), self._any("nudges", dice))

    def _list(self, topic: str, dice: Random) -> Core:
        general = grammar.topic_sentences(topic) is None or dice.random() >= OWN_SENTENCES
        owner = "any" if general else topic
        source = grammar.generic() if general else grammar.topic_sentences(topic) or {}
        chosen = dice.choice(source["lists"])
        title = self._about(topic, self._deal(owner, f"titles {chosen['titles'][0]}", chosen["titles"], dice), dice)
        items = dice.sample(chosen["items"], dice.choice(_LIST_LENGTHS))
        mark = dice.choice(("•", "-", "→", None))
        lines = [f"{mark or f'{i}.'} {item}" for i, item in enumerate(items, 1)]
        return Core("\n".join([title, *lines]), led=True)

    def _tip(self, topic: str, dice: Random) -> Core:
        lead, tip = self._any("tip_leads", dice), self._sentence(topic, "tips", dice)
        return Core(_led(lead, tip), led=bool(lead))

    def _story(self, topic: str, dice: Random) -> Core:
        parts = [self._sentence(topic, f"story_{part}", dice, own=True) for part in ("starts", "turns", "ends")]
        return Core(" ".join(parts), led=dice.random() >= SECOND_SENTENCE)

    def _statistic(self, topic: str, dice: Random) -> Core:
        return Core(self._sentence(topic, "statistics", dice), self._any("comments", dice))

    def _take(self, topic: str, dice: Random) -> Core:
        return Core(self._sentence(topic, "takes", dice), self._any("reasons", dice))

    def _observation(self, topic: str, dice: Random) -> Core:
        second = " " + self._sentence(topic, "facts", dice) if dice.random() < SECOND_SENTENCE else ""
        return Core(self._sentence(topic, "facts", dice) + second)

    def _any(self, pool: str, dice: Random) -> str:
        return self._deal("any", pool, grammar.generic()[pool]["any"], dice)

    def _sentence(self, topic: str, pool: str, dice: Random, *, own: bool = False) -> str:
        """Deal one sentence: the topic's own, or a general one about one of the topic's subjects."""
        known = grammar.topic_sentences(topic)
        if known is not None and (own or dice.random() < OWN_SENTENCES):
            return self._deal(topic, pool, known[pool], dice)
        return self._about(topic, self._deal(topic, f"general {pool}", grammar.generic()[pool], dice), dice)

    def _about(self, topic: str, general: str, dice: Random) -> str:
        """Put one of the topic's subjects into a general sentence; a topic that is not known is its own subject."""
        known = grammar.topic_sentences(topic)
        if "{s}" not in general:
            return general
        subject = self._deal(topic, "subject", known["subjects"], dice) if known else topic
        said = general.replace("{s}", subject)
        return said[0].upper() + said[1:]

    def _deal(self, owner: str, pool: str, cards: Sequence[str], dice: Random) -> str:
        deck = self._decks.setdefault((owner, pool), [])
        if not deck:
            deck.extend(cards)
            dice.shuffle(deck)
        return deck.pop()


def kind_of(format_name: str) -> str:
    """Return the kind of post that a format's name means; ``other`` for names that say nothing."""
    return _named(format_name, _FORMATS, "other")


def tone_of(tone: str) -> str:
    """Return the nearest tone there are openers for; ``plain`` when nothing is near."""
    return _named(tone, _TONES, "plain")


def _named(text: str, names: dict[str, tuple[str, ...]], otherwise: str) -> str:
    words = re.findall(r"[a-z]+", text.lower())
    starts = ((name, start) for name, all_starts in names.items() for start in all_starts)
    return next((name for name, start in starts if any(word.startswith(start) for word in words)), otherwise)


def _versions(opener: str, core: str, closer: str) -> Iterator[str]:
    """Yield the post with all its parts, then with fewer, for when it is too long."""
    breaks = "\n" if "\n" in core else " "
    end = breaks + closer if closer.strip() else ""
    led = _led(opener, core, breaks)
    yield from (led + end, core + end, led, core)


def _led(lead: str, core: str, breaks: str = " ") -> str:
    return f"{lead}{breaks}{core}" if lead else core


def _fitting(versions: Sequence[str], limit: int) -> str:
    """Return the fullest version that fits; else as many whole words of the barest as fit."""
    for version in versions:
        if weighted_length(version) <= limit:
            return version
    words = versions[-1].split()
    while len(words) > 1 and weighted_length(" ".join(words) + _ELLIPSIS) > limit:
        words.pop()
    return " ".join(words) + _ELLIPSIS
