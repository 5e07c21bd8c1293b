"""The cards a writer deals: every core of a kind on a topic, the topic's own in one layer before the general ones.

Cards made from parts are made so that no two of a topic share more than one part.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random

from xbot_assets.sandbox.llm import grammar

Layers = tuple[tuple[str, ...], ...]
"""Cards in the order of their layers: a later layer is dealt when the earlier one is through."""
_TOPICS_KEPT = 512
_LIST_LENGTHS = (3, 4, 4, 5)
_SHUFFLES = 60
"""How often a group's items are shuffled and cut into lists; more finds hardly any list that is new enough."""


@lru_cache(maxsize=_TOPICS_KEPT)
def sentences(topic: str, pool: str) -> Layers:
    """Return the topic's own sentences of a pool, then each general one about each of the topic's subjects."""
    own, general = grammar.topic_sentences(topic), grammar.generic()[pool]
    if own is None:
        return (tuple(_about(topic, text) for text in general),)
    pairs = [_about(subject, text) for subject in own["subjects"] for text in general]
    return tuple(own[pool]), tuple(pairs)


@lru_cache(maxsize=_TOPICS_KEPT)
def stories(topic: str) -> Layers:
    """Return the topic's whole stories, then stories put together from a start, a turn and an end."""
    own = grammar.topic_sentences(topic)
    if own is None:
        return (tuple(_about(topic, text) for text in _put_together(grammar.generic())),)
    return tuple(own["stories"]), tuple(_put_together(own))


@lru_cache(maxsize=_TOPICS_KEPT)
def lists(topic: str) -> Layers:
    """Return lists, a title and its items on one line each; two lists of a group have at most one item in common."""
    own = grammar.topic_sentences(topic) or grammar.generic()
    made = (_lists(group["titles"], group["items"]) for group in own["lists"])
    return (tuple(_about(topic, text) for group in made for text in group),)


def _put_together(parts: grammar.Sentences) -> Iterator[str]:
    """Take each start with each turn, and the ends by turns: any two parts name the third."""
    ends = parts["story_ends"]
    for i, start in enumerate(parts["story_starts"]):
        for j, turn in enumerate(parts["story_turns"]):
            yield f"{start} {turn} {ends[(i + j) % len(ends)]}"


def _lists(titles: Sequence[str], items: Sequence[str]) -> list[str]:
    dice = Random(titles[0])  # noqa: S311 - for variety: the same lists in every process
    kept: list[frozenset[str]] = []
    cards: list[str] = []
    for _ in range(_SHUFFLES):
        for chosen in _cut(dice.sample(items, len(items)), dice):
            if all(len(other.intersection(chosen)) <= 1 for other in kept):
                kept.append(frozenset(chosen))
                cards.append("\n".join([titles[len(cards) % len(titles)], *chosen]))
    return cards


def _cut(items: list[str], dice: Random) -> Iterator[list[str]]:
    while len(items) >= min(_LIST_LENGTHS):
        length = dice.choice(_LIST_LENGTHS)
        yield items[:length] if length <= len(items) else items
        items = items[length:]


def _about(subject: str, text: str) -> str:
    """Put a subject into a general sentence."""
    said = text.replace("{s}", subject)
    return said[0].upper() + said[1:]
