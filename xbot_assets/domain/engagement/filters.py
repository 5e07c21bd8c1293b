"""Which posts are not to be answered, each by a filter whose name is kept with the post."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from xbot_assets.domain.engagement.seen import SeenPost
from xbot_assets.domain.gates.language import WRITTEN_ALIKE, probability
from xbot_assets.domain.gates.reading.demands import is_order


class FilterName(StrEnum):
    """Why a post is not to be answered."""

    OWN = "own"
    PROMOTED = "promoted"
    TOO_OLD = "too_old"
    NO_TEXT = "no_text"
    UNANSWERABLE = "unanswerable"
    """Its author said stop, is a known bot, or was excluded by the owner."""
    BLOCKED = "blocked"
    """Our account blocks or mutes its author on X."""
    AUTOMATED = "automated"
    """X labels its author as automated, and that many turns were had already."""
    SENSITIVE = "sensitive"
    LANGUAGE = "language"
    ORDERS = "orders"
    """It speaks to a language model instead of to people."""
    ANSWERED = "answered"
    """We are in its conversation already."""
    TURNS = "turns"
    """So many of our replies stand in its conversation already."""


@dataclass(frozen=True, slots=True)
class FilterRules:
    """What the owner set.

    Attributes:
        own: the account's handle.
        language: the persona's.
        max_age: a post older than this is not answered.
        inbound_max_age: nor one that turned to us, older than this.
        turns: most of our replies in one conversation.
        automated_turns: most of them where the other one is automated.
    """

    own: str
    language: str
    max_age: timedelta
    inbound_max_age: timedelta
    turns: int
    automated_turns: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known beside the post itself.

    Attributes:
        now: the product's time.
        inbound: whether the post turned to the account.
        unanswerable: whether its author is never answered.
        turns: our replies in its conversation, waiting ones included.
    """

    now: datetime
    inbound: bool = False
    unanswerable: bool = False
    turns: int = 0


_LEAST_LETTERS = 16
"""A shorter text's language is not judged where X names none."""
_UNSURE = 0.2
_NO_LANGUAGE = frozenset({"und", "art", "zxx", "qam", "qct", "qht", "qme", "qst"})
_Test = Callable[[SeenPost, FilterRules, Standing], bool]


def first_filter(post: SeenPost, rules: FilterRules, standing: Standing) -> FilterName | None:
    """Return the first filter that holds a post back, or ``None`` when it may be answered."""
    return next((name for name, holds_back in FILTERS.items() if holds_back(post, rules, standing)), None)


def _too_old(post: SeenPost, rules: FilterRules, standing: Standing) -> bool:
    return standing.now - post.created_at > (rules.inbound_max_age if standing.inbound else rules.max_age)


def _automated(post: SeenPost, rules: FilterRules, standing: Standing) -> bool:
    return post.automated and (not standing.inbound or standing.turns >= rules.automated_turns)


def _foreign(post: SeenPost, rules: FilterRules, standing: Standing) -> bool:
    """X's own name of the language decides; where it names none, the text itself, unless that is too short."""
    del standing
    told = (post.lang or "und").casefold().partition("-")[0]
    if told not in _NO_LANGUAGE:
        return told != rules.language and told not in WRITTEN_ALIKE.get(rules.language, ())
    letters = sum(character.isalpha() for character in post.text)
    return letters >= _LEAST_LETTERS and probability(post.text, rules.language) < _UNSURE


FILTERS: dict[FilterName, _Test] = {
    FilterName.OWN: lambda post, rules, _: post.handle.casefold() == rules.own.casefold(),
    FilterName.PROMOTED: lambda post, _rules, _standing: post.promoted,
    FilterName.UNANSWERABLE: lambda _post, _rules, standing: standing.unanswerable,
    FilterName.BLOCKED: lambda post, _rules, _standing: post.blocked,
    FilterName.AUTOMATED: _automated,
    FilterName.TOO_OLD: _too_old,
    FilterName.NO_TEXT: lambda post, _rules, _standing: not any(map(str.isalpha, post.text)),
    FilterName.SENSITIVE: lambda post, _rules, _standing: post.sensitive,
    FilterName.ORDERS: lambda post, _rules, _standing: is_order(post.text),
    FilterName.LANGUAGE: _foreign,
    FilterName.ANSWERED: lambda _post, _rules, standing: not standing.inbound and standing.turns > 0,
    FilterName.TURNS: lambda _post, rules, standing: standing.turns >= rules.turns,
}
"""Every filter in order: what nobody could change first."""
