"""Texts for simulated posts: the sandbox's language model writes them, once for all runs of a persona."""

import random
from functools import lru_cache

from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.sandbox.llm.asked import AskedPost
from xbot_assets.sandbox.llm.writer import Writer

TEXTS_OF_ARM = 60
LIMIT = 280
SEED = 7
"""Of the texts alone: what they are about is the policy's choice, what they earn is the audience's."""


@lru_cache(maxsize=16)
def library(arms: tuple[Arm, ...], tones: tuple[str, ...]) -> dict[Arm, tuple[str, ...]]:
    """Return texts of each arm, in tones at random."""
    writer, dice = Writer(), random.Random(SEED)  # noqa: S311
    return {arm: tuple(_written(writer, arm, dice.choice(tones), dice) for _ in range(TEXTS_OF_ARM)) for arm in arms}


def _written(writer: Writer, arm: Arm, tone: str, dice: random.Random) -> str:
    return writer.write(AskedPost(arm.topic, arm.format, tone), "en", LIMIT, dice)
