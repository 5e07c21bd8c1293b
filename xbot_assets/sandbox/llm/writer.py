"""The "model": writes a post from sentences dealt like cards, so that nothing comes back before the deck is through."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from xbot_assets.sandbox.counting.weight import weighted_length
from xbot_assets.sandbox.llm import cards, grammar
from xbot_assets.sandbox.llm.asked import AskedPost

SECOND_SENTENCE = 0.4
"""Share of observations that put a second sentence beside the first."""
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
    """The middle of a post.

    Attributes:
        text: the words themselves.
        closer: what fits it better than the closers of the tone; empty: it ends by itself; None: any of the tone's.
        openers: the table of openers that suit it; empty: it needs none.
    """

    text: str
    closer: str | None = None
    openers: str = "openers"


class Writer:
    """Writes posts; no core comes back before all of its topic and kind were dealt.

    Args:
        is_new: remembers a key and says whether it was never seen before. Given one that outlives the process, as
            ``UsageLog.is_new_text`` does, decks go on after a restart where they were.
    """

    def __init__(self, is_new: Callable[[str], bool] = lambda _: True) -> None:
        self._is_new = is_new
        self._decks: dict[tuple[str, str], list[str]] = {}
        self._rounds: Counter[tuple[str, str]] = Counter()
        self.first_post = ""
        """What the fault of duplicates repeats when the prompt shows no post."""

    def write(self, post: AskedPost, language: str, limit: int, dice: Random) -> str:
        """Write one post of at most ``limit`` weighted characters."""
        topic = post.topic or "everyday life"
        if language in grammar.languages():
            versions = self._foreign(topic, kind_of(post.format), language, dice)
        else:
            versions = self._english(topic, kind_of(post.format), tone_of(post.tone), dice)
        text = _fitting(list(versions), limit)
        self.first_post = self.first_post or text
        return text

    def _foreign(self, topic: str, kind: str, language: str, dice: Random) -> Iterator[str]:
        pools = grammar.languages()[language]
        core = self._core(f"{language} {topic}", kind, (pools.get(kind, pools["other"]),), dice).replace("{t}", topic)
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
        opener = self._deal(tone, core.openers, (shared[core.openers][tone],), dice) if core.openers else ""
        closer = core.closer
        if closer is None:
            closer = self._deal(tone, "closers", (shared["closers"][tone],), dice)
        yield from _versions(opener, core.text, closer)

    def _question(self, topic: str, dice: Random) -> Core:
        return Core(self._sentence(topic, "questions", dice), self._any("nudges", dice), "question_openers")

    def _list(self, topic: str, dice: Random) -> Core:
        title, *items = self._core(topic, "lists", cards.lists(topic), dice).split("\n")
        mark = dice.choice(("•", "-", "→", None))
        lines = [f"{mark or f'{i}.'} {item}" for i, item in enumerate(items, 1)]
        return Core("\n".join([title, *lines]), self._any("list_closers", dice), openers="")

    def _tip(self, topic: str, dice: Random) -> Core:
        lead, tip = self._any("tip_leads", dice), self._sentence(topic, "tips", dice)
        return Core(_led(lead, tip), openers="")

    def _story(self, topic: str, dice: Random) -> Core:
        return Core(self._core(topic, "stories", cards.stories(topic), dice), closer="", openers="")

    def _statistic(self, topic: str, dice: Random) -> Core:
        return Core(self._sentence(topic, "statistics", dice), self._any("comments", dice), "number_openers")

    def _take(self, topic: str, dice: Random) -> Core:
        return Core(self._sentence(topic, "takes", dice), self._any("reasons", dice))

    def _observation(self, topic: str, dice: Random) -> Core:
        second = " " + self._sentence(topic, "facts", dice) if dice.random() < SECOND_SENTENCE else ""
        return Core(self._sentence(topic, "facts", dice) + second)

    def _any(self, pool: str, dice: Random) -> str:
        return self._deal("any", pool, (grammar.generic()[pool]["any"],), dice)

    def _sentence(self, topic: str, pool: str, dice: Random) -> str:
        return self._core(topic, pool, cards.sentences(topic, pool), dice)

    def _core(self, owner: str, pool: str, layers: Sequence[Sequence[str]], dice: Random) -> str:
        """Deal a card that no process dealt before in this round of its deck."""
        while True:
            card = self._deal(owner, pool, layers, dice)
            if self._is_new(f"dealt {owner} {pool} {self._rounds[owner, pool]} {card}"):
                return card

    def _deal(self, owner: str, pool: str, layers: Sequence[Sequence[str]], dice: Random) -> str:
        deck = self._decks.setdefault((owner, pool), [])
        if not deck:
            self._rounds[owner, pool] += 1
            for layer in reversed(layers):
                deck.extend(dice.sample(layer, len(layer)))
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
