"""Posts by others from which the model concludes what works, and what is kept of its answer."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from xbot_assets.domain.engagement.insights import (
    INSIGHT_PURPOSE,
    InsightKind,
    InsightSentence,
    cited_among,
    sentence_of,
)
from xbot_assets.domain.gates.injection import follows_data
from xbot_assets.domain.identifiers import PostId
from xbot_assets.domain.persona import Persona

SIGNALS_MAX = 20
"""Posts by others shown in one call: as many as anywhere."""
ANSWER_TOKENS = 120
"""Of a sentence and its ids."""


class ShownSignal(BaseModel):
    """A post by somebody else: its id, how it is made, what it earned, and its words, which are only ever data."""

    model_config = ConfigDict(frozen=True)

    x_post_id: PostId
    made: str
    earned: str
    text: str

    @property
    def line(self) -> str:
        """Return the post on one line, its id first."""
        return f"{self.x_post_id} · {self.made} · {self.earned} · {self.text}"


class InsightBrief(BaseModel):
    """What to conclude from; ``model`` and ``effort`` as in a brief of posts."""

    model_config = ConfigDict(frozen=True)

    persona: Persona
    kind: InsightKind
    signals: tuple[ShownSignal, ...] = Field(min_length=1, max_length=SIGNALS_MAX)
    sentences: int = Field(4, ge=1, le=10)
    model: str | None = None
    effort: str | None = None
    purpose: str = INSIGHT_PURPOSE


class Conclusions(BaseModel):
    """The sentences of one answer, each kept or dropped with the reason."""

    model_config = ConfigDict(frozen=True)

    sentences: tuple[InsightSentence, ...]
    model: str
    cost_microusd: int


def conclusions_of(answers: Sequence[str], brief: InsightBrief, *, marker: str, told: str) -> list[InsightSentence]:
    """Read the answers of one call: a sentence must cite posts that were shown, and do nothing that one says."""
    known = {signal.x_post_id for signal in brief.signals}
    return [_checked(cited_among(sentence_of(answer), known), brief, marker, told) for answer in answers]


def _checked(sentence: InsightSentence, brief: InsightBrief, marker: str, told: str) -> InsightSentence:
    if sentence.dropped is not None:
        return sentence
    words = [signal.text for signal in brief.signals]
    refusal = follows_data(sentence.text, words, marker, told=told, language=brief.persona.language)
    return InsightSentence(sentence.text, sentence.x_post_ids, refusal.reason) if refusal else sentence
