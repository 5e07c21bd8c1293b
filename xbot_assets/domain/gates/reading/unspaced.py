"""Scripts that are written without spaces between words: there, characters are counted instead.

Chinese, Japanese; Thai, Lao, Khmer, Burmese. Tibetan marks its syllables, not its words. Korean has spaces.
"""

import re

from xbot_assets.domain.gates.reading.plain import words

_DENSE = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""A word is one to three characters."""
_LOOSE = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f"
"""A word is four to six, its vowels and tones counted."""
_UNSPACED = re.compile(f"[{_DENSE}{_LOOSE}]")
_DENSE_CHARACTERS, _LOOSE_CHARACTERS = re.compile(f"[{_DENSE}]"), re.compile(f"[{_LOOSE}]")
DENSE_A_WORD, LOOSE_A_WORD = 2, 5
"""Characters that are counted as one word."""


def is_unspaced(text: str) -> bool:
    """Say whether some of it is of such a script."""
    return bool(_UNSPACED.search(text))


def word_count(text: str) -> int:
    """Return how many words a text has, where they are not told apart by their characters."""
    spaced = sum(not is_unspaced(word) for word in words(text))
    return spaced + unspaced_count(text)


def unspaced_count(text: str) -> int:
    """Return how many words the characters of such scripts are worth."""
    dense, loose = len(_DENSE_CHARACTERS.findall(text)), len(_LOOSE_CHARACTERS.findall(text))
    return dense // DENSE_A_WORD + loose // LOOSE_A_WORD
