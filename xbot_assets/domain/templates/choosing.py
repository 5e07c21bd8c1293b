"""Choosing the first filled template that passes."""

from collections import Counter
from collections.abc import Callable, Iterable

from xbot_assets.domain.templates.filling import Filled

TRIES = 2
"""After so many refusals of one template the others are asked first: its own words are then what is repeated."""


def first_passing(filled: Iterable[Filled], passes: Callable[[Filled], bool]) -> Filled | None:
    """Return the first that passes, or None when none does; every one is asked before that."""
    refused: Counter[str] = Counter()
    later: list[Filled] = []
    for one in filled:
        if refused[one.template] >= TRIES:
            later.append(one)
        elif passes(one):
            return one
        else:
            refused[one.template] += 1
    return next((one for one in later if passes(one)), None)
