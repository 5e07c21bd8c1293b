"""The gate of language: the text is in the persona's.

py3langid knows 97 languages, ships its model (5 MB) and needs 0.1 ms a text; docs/gates.md has the comparison.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.plain import plain
from xbot_assets.domain.gates.refusal import Refusal

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_NOT_PROSE = re.compile(r"(?:https?://|www\.)\S+|[#@]\w+|'[^']{3,}'|\"[^\"]{3,}\"|“[^”]{3,}”")


def language(text: str, context: GateContext) -> Refusal | None:
    """Refuse a text that is surely in another language; a foreign word or a quotation is none."""
    prose = _NOT_PROSE.sub(" ", plain(text))
    letters = sum(character.isalpha() for character in prose)
    wanted, limits = context.persona.language, context.limits
    if letters < limits.language_letters and prose.isascii():
        return None
    if probability(prose, wanted) >= limits.language_probability:
        return None
    return Refusal("language", f"It is not in the account's language ({wanted}).")


def probability(text: str, wanted: str) -> float:
    """Return how likely the text is in a language; 1 for a language that the model does not know."""
    return float(dict(_identifier().rank(text)).get(wanted, 1.0))


@cache
def _identifier() -> "LanguageIdentifier":
    # Most of a second, in the processes that judge only.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
