"""What may be kept of a model's conclusions: sentences that cite stored posts which the model was shown."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from xbot_assets.domain.engagement.signals import SignalKind

INSIGHT_PURPOSE = "insight"
"""What the ledger of model calls calls it."""
SENTENCE_MAX = 240
"""Characters of a sentence; a longer one is no single conclusion."""
_CITED = re.compile(r"\s*\[([^\]\[]*)\]\s*\.?\s*$")
_ID = re.compile(r"\d{1,20}")
_CITES_NOTHING = "It cites no post."
_TOO_LONG = f"It is longer than {SENTENCE_MAX} characters."
_EMPTY = "It says nothing."


class InsightKind(StrEnum):
    """Of whom a conclusion speaks."""

    EXPERT = "expert"
    """What works on the account's topics, whoever wrote it."""
    COMPETITOR = "competitor"
    """What other accounts of its kind do, and what earns them more or less."""


SOURCES: Mapping[InsightKind, tuple[SignalKind, ...]] = {
    InsightKind.EXPERT: (SignalKind.VIRAL_FORMAT, SignalKind.TREND),
    InsightKind.COMPETITOR: (SignalKind.PEER,),
}
"""From which signals each kind of conclusion is drawn."""


@dataclass(frozen=True, slots=True)
class InsightSentence:
    """One conclusion and the posts that it rests on; ``dropped`` is why it may not be used, ``None``: it may."""

    text: str
    x_post_ids: tuple[str, ...]
    dropped: str | None = None


def sentence_of(answer: str) -> InsightSentence:
    """Read a sentence that ends with the ids of posts in square brackets; an id twice counts once."""
    match = _CITED.search(answer)
    text = answer[: match.start()].strip() if match else answer.strip()
    given = [part.strip() for part in re.split(r"[,;\s]+", match[1]) if part.strip()] if match else []
    ids = tuple(dict.fromkeys(given))
    if not text:
        return InsightSentence(text, (), _EMPTY)
    if len(text) > SENTENCE_MAX:
        return InsightSentence(text[:SENTENCE_MAX], (), _TOO_LONG)
    if not ids:
        return InsightSentence(text, (), _CITES_NOTHING)
    strange = next((one for one in ids if not _ID.fullmatch(one)), None)
    return InsightSentence(text, ids if strange is None else (), None if strange is None else "It cites what is no id.")


def cited_among(sentence: InsightSentence, known: Collection[str]) -> InsightSentence:
    """Return a sentence, dropped when it cites a post that is not among the known ones."""
    unknown = next((one for one in sentence.x_post_ids if one not in known), None)
    if sentence.dropped is not None or unknown is None:
        return sentence
    return InsightSentence(sentence.text, sentence.x_post_ids, f"It cites the post {unknown}, which is not known here.")
