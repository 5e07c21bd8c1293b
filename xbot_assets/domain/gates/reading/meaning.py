"""The words of a text that carry its meaning, in their base forms.

simplemma knows 54 languages; in any other a word is its own base form.
"""

import re
from functools import lru_cache

from xbot_assets.domain.gates.reading.plain import REMEMBERED, words
from xbot_assets.domain.gates.reading.stop_words import ENGLISH, SHORT
from xbot_assets.domain.gates.reading.unspaced import is_unspaced

_ALPHABETIC = re.compile(r"^[^\W\d_]")
_HANGUL = re.compile("[\uac00-\ud7af]")
"""Korean has spaces, but its words grow at their ends: their neighbouring syllables tell more."""
_KNOWN_WORDS = 65_536


@lru_cache(maxsize=REMEMBERED)
def content_words(text: str, language: str) -> tuple[str, ...]:
    """Return the base forms of the words that carry meaning, in order, repeats included, numbers left out.

    Of a script without spaces each two neighbouring characters count as a word.
    """
    collected: list[str] = []
    for word in words(text):
        if is_unspaced(word) or _HANGUL.match(word):
            collected.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif _carries(word, language):
            collected.append(base_form(word, language))
    return tuple(word for word in collected if word not in ENGLISH or language != "en")


@lru_cache(maxsize=_KNOWN_WORDS)
def base_form(word: str, language: str) -> str:
    """Return a word's base form: singular, infinitive."""
    # Dictionaries of 20 MB that most processes never need.
    from simplemma import lemmatize  # noqa: PLC0415

    stem = word.removesuffix("'s")
    try:
        return lemmatize(stem, lang=language).casefold()
    except ValueError:
        return stem


def _carries(word: str, language: str) -> bool:
    if not _ALPHABETIC.match(word):
        return False
    return word not in ENGLISH if language == "en" else len(word) > SHORT
