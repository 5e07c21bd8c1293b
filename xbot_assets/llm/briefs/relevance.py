"""Posts by others to be judged by the model, and what it says of them."""

import re

from pydantic import BaseModel, ConfigDict, Field

from xbot_assets.domain.persona import Persona
from xbot_assets.llm.servers.failures import bad_answer

RELEVANCE_PURPOSE = "relevance"
"""What the ledger calls it."""
POSTS_MAX = 20
"""Judged in one call."""
_SCORE = re.compile(r"\s*(10|[0-9])(?:\s*/\s*10)?\s*")
_MOST = 10


class RelevanceBrief(BaseModel):
    """Posts to judge for a persona; ``model`` and ``effort`` as in a brief of posts."""

    model_config = ConfigDict(frozen=True)

    persona: Persona
    texts: tuple[str, ...] = Field(min_length=1, max_length=POSTS_MAX)
    model: str | None = None
    effort: str | None = None
    purpose: str = RELEVANCE_PURPOSE


class RelevanceScores(BaseModel):
    """One score from 0 to 1 for each post, in order; ``None`` where the model gave no number."""

    model_config = ConfigDict(frozen=True)

    scores: tuple[float | None, ...]
    cost_microusd: int


def scores_of(answers: tuple[str, ...], cost_microusd: int) -> RelevanceScores:
    """Read the answers of one call.

    Raises:
        TransientFailure: ``bad_answer`` when not one of them is a number.
    """
    read = [_SCORE.fullmatch(answer) for answer in answers]
    if not any(read):
        raise bad_answer("No entry of the answer is a number from 0 to 10.")
    scores = tuple(int(match[1]) / _MOST if match else None for match in read)
    return RelevanceScores(scores=scores, cost_microusd=cost_microusd)
