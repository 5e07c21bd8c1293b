"""What was published or is queued, indexed so that a text which says the same is found at once.

Two texts are compared by the words that carry meaning, rare ones counting more. Order, numbers, endings and little
words do not count, and neither does what stands around a repeated sentence.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xbot_assets.domain.gates.reading.meaning import content_words
from xbot_assets.domain.gates.reading.plain import plain
from xbot_assets.domain.posts.post import fingerprint

CONTAINED = 0.72
"""What it is worth that a whole sentence of one text stands in the other; 1 would be the same text."""
SENTENCE_WORDS = 4
"""A sentence with fewer different words that carry meaning may come back, as 'Try it today.' does."""
SENTENCE_SHARE = 0.45
"""A repeated sentence counts when it is this share of either text; a shorter one is a turn of phrase."""
SMOOTHING = 20
"""Posts assumed besides the real ones when counting how rare a word is: with a short history all count alike."""
_SENTENCE_END = re.compile(r"(?<=[.!?…。])\s+|(?<=。)")
_ITEM_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-•→*·\u2013])\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The text of the history that is nearest, and how near, from 0 to 1."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class History:
    """Texts that a new one must not repeat; build it with :func:`history_of`."""

    texts: tuple[str, ...] = ()
    language: str = "en"
    fingerprints: frozenset[str] = frozenset()
    _bags: tuple[frozenset[str], ...] = ()
    _sentences: tuple[tuple[frozenset[str], ...], ...] = ()
    _holders: dict[str, list[int]] = field(default_factory=dict)

    def holds(self, text: str) -> bool:
        """Say whether the text is there word for word."""
        return bare_fingerprint(text) in self.fingerprints

    def nearest(self, text: str) -> Likeness | None:
        """Return the text that says most nearly the same, or None when none shares two words."""
        bag, sentences = _bag(text, self.language), _sentence_bags(text, self.language)
        shared = Counter(index for word in bag for index in self._holders.get(word, ()))
        near = [index for index, count in shared.items() if count > 1 or self._bags[index] == bag]
        scored = [Likeness(self.texts[index], self._score(bag, sentences, index)) for index in near]
        return max(scored, key=lambda likeness: likeness.score, default=None)

    def _score(self, bag: frozenset[str], sentences: Sequence[frozenset[str]], index: int) -> float:
        other = self._bags[index]
        both = self._weight(bag & other)
        alike = 2 * both / (self._weight(bag) + self._weight(other))
        ours = self._contained(sentences, bag, other)
        theirs = self._contained(self._sentences[index], other, bag)
        return max(alike, CONTAINED * ours, CONTAINED * theirs)

    def _contained(self, sentences: Sequence[frozenset[str]], whole: frozenset[str], other: frozenset[str]) -> float:
        """Return how much of one of these sentences stands in the other text, leaving out the minor ones."""
        least = SENTENCE_SHARE * self._weight(whole)
        weighed = ((self._weight(part), self._weight(part & other)) for part in sentences)
        return max((both / weight for weight, both in weighed if weight >= least), default=0.0)

    def _weight(self, bag: Iterable[str]) -> float:
        return sum(self._rarity(word) for word in bag)

    def _rarity(self, word: str) -> float:
        return math.log((len(self.texts) + SMOOTHING) / (len(self._holders.get(word, ())) + 1)) + 1


def history_of(texts: Iterable[str], language: str) -> History:
    """Index the texts; ``language`` is the two letters of their language."""
    kept = tuple(dict.fromkeys(texts))
    bags = tuple(_bag(text, language) for text in kept)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, bag in enumerate(bags):
        for word in bag:
            holders[word].append(index)
    return History(
        texts=kept,
        language=language,
        fingerprints=frozenset(bare_fingerprint(text) for text in kept),
        _bags=bags,
        _sentences=tuple(_sentence_bags(text, language) for text in kept),
        _holders=dict(holders),
    )


def bare_fingerprint(text: str) -> str:
    """Return the fingerprint of the text without tricks and without the marks of list items."""
    return fingerprint(_ITEM_MARK.sub("", plain(text)))


def _bag(text: str, language: str) -> frozenset[str]:
    return frozenset(content_words(text, language))


def _sentence_bags(text: str, language: str) -> tuple[frozenset[str], ...]:
    parts = _SENTENCE_END.split(_ITEM_MARK.sub("", plain(text)))
    bags = [_bag(part, language) for part in parts if part]
    return tuple(bag for bag in bags if len(bag) >= SENTENCE_WORDS)
