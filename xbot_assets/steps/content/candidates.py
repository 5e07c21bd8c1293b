"""Several texts written for one slot, of which the predictor takes one while it has shown that it can.

Arms are drawn first and have their texts afterwards, so the chances of arms stay what they are. Of the texts one is
taken by the predictor, and now and then one at random: otherwise only texts that it likes would go out, and nobody
could see any more whether it is right. With what chance a text was taken is kept with the post.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from xbot_assets.domain.budget.tiers import TierName
from xbot_assets.domain.learning.bandit import Arm, Choice
from xbot_assets.llm.briefs.brief import WrittenPost
from xbot_assets.settings import Settings

ASKED_MOST = 10
"""Texts that one brief may ask for."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The text of one slot, of how many it was taken, and with what chance."""

    text: WrittenPost
    choice: Choice
    candidates: int
    chance: float


def texts_per_slot(settings: Settings, tier: TierName, slots: int, *, ranks: bool) -> int:
    """Return how many texts to ask for each slot: more than one only when they are ranked and money is plenty."""
    if not ranks or tier is not TierName.HIGH:
        return 1
    return max(1, min(settings.text_candidates, ASKED_MOST // max(1, slots)))


def asked_for(
    choices: Sequence[Choice], per_slot: int, tones: Sequence[str], rng: np.random.Generator
) -> list[tuple[Arm, str]]:
    """Return the arm and tone of each text; tones vary at random, so that posts of one arm do not all sound alike."""
    return [(choice.arm, str(rng.choice(tones))) for choice in choices for _ in range(per_slot)]


def by_slot(written: Sequence[WrittenPost], per_slot: int) -> list[list[WrittenPost]]:
    """Return the texts of each slot for which any was written well, in the order of slots."""
    ordered = sorted(written, key=lambda text: text.number)
    return [list(texts) for _, texts in groupby(ordered, key=lambda text: text.number // per_slot)]


def take(
    texts: Sequence[WrittenPost],
    choice: Choice,
    predicted: Callable[[WrittenPost], float | None],
    explored: float,
    rng: np.random.Generator,
) -> Taken:
    """Take the text of a slot of which most is predicted, or, in ``explored`` of all cases, any at random."""
    if len(texts) == 1:
        return Taken(texts[0], choice, 1, 1.0)
    best = int(np.argmax([predicted(text) or 0.0 for text in texts]))
    chances = np.full(len(texts), explored / len(texts))
    chances[best] += 1 - explored
    place = int(rng.choice(len(texts), p=chances / chances.sum()))
    return Taken(texts[place], choice, len(texts), float(chances[place]))
