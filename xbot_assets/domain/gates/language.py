"""The gate of language: the text is in the persona's.

py3langid knows 97 languages, ships its model (5 MB) and needs 0.1 ms a text; docs/gates.md has the comparison.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.plain import plain
from xbot_assets.domain.gates.refusal import Refusal

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_CODES = """
af am an ar as az ba be bg bn br bs ca cs cy da de dz el en eo es et eu fa fi fo fr fy ga gd gl gu ha he hi hr ht hu hy
id ig is it ja jv ka kk km kn ko ku ky la lb lg ln lo lt lv mg mk ml mn mr ms mt my nb ne nl nn no oc om or pa pl ps pt
qu ro ru rw sa se si sk sl sn so sq sr st sv sw ta te tg th tk tl tr tt ug uk ur uz vi vo wa xh yo zh zu
"""
KNOWN = frozenset(_CODES.split())
"""The languages that the model knows and that have two letters; a test compares them with the model's."""
WRITTEN_ALIKE = {
    "ar": ("ar", "ary", "arz"),
    "nb": ("no",),
    "no": ("no", "nn"),
    "zh": ("zh", "yue", "wuu"),
}
"""Languages that a short text does not tell from those beside them: any of these will do."""
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
    likely = dict(_identifier().rank(text))
    known = [float(likely[name]) for name in WRITTEN_ALIKE.get(wanted, (wanted,)) if name in likely]
    return sum(known) if known else 1.0


def is_known(language: str) -> bool:
    """Say whether a text can be told to be in the language."""
    return language in KNOWN


@cache
def _identifier() -> "LanguageIdentifier":
    # Most of a second, in the processes that judge only.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
