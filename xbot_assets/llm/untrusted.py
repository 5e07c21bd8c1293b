"""Text from X as data in a prompt: cleaned, bounded, and fenced by a tag that nobody outside can name.

This makes following such text harder, not impossible; what comes out is checked by ``domain/gates/injection.py``.
"""

import json
import re
import secrets
import unicodedata
from collections.abc import Sequence

SEEN_POSTS_SHOWN = 20
"""At most this many posts by others stand in one prompt: each is paid for, and each is a chance for an attack."""
SHOWN_CHARACTERS = 400
"""A longer text is cut: room for any ordinary post (280), not for a hidden page."""
_MARKER_BYTES = 8
"""64 random bits: an attacker who writes a post cannot guess them."""
_COMBINING_MARKS_SHOWN = 2
"""More accents than this on one letter are decoration or a trick; no language needs three."""
_CUT = "…"
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode categories without a shape of their own: control, format (zero-width, bidi, tags), surrogate, private."""
_VARIATION_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""They choose between shapes of a character, and can carry hidden bytes behind an emoji."""
_RULE_LINE = re.compile(r"([#=\-*_~`|])\1{2,}")
"""Three or more of these imitate a heading, a fence or a delimiter."""
_MARKUP = {ord(c): f"\\u{ord(c):04x}" for c in "<>[]{}|`"}
"""Characters of tags and of chat templates; as JSON escapes they say the same and are no markup."""


def new_marker() -> str:
    """Return a fresh random word for one conversation: it names the tags, and in an answer it proves a leak."""
    return secrets.token_hex(_MARKER_BYTES)


def as_data(texts: Sequence[str], name: str, marker: str) -> str:
    """Return texts as JSON in a tag ``<name_marker>``; nothing in them can close it or look like a turn."""
    listed = json.dumps([shown(text) for text in texts], ensure_ascii=False, indent=0)
    inside = listed[1:-1].translate(_MARKUP)
    return f"<{name}_{marker}>\n[{inside}]\n</{name}_{marker}>"


def shown(text: str) -> str:
    """Return a text as the model may see it: no invisible characters, one line, no rules of dashes, not too long."""
    plain = unicodedata.normalize("NFC", "".join(_visible(text)))
    line = _RULE_LINE.sub(r"\1", " ".join(plain.split()))
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - len(_CUT)] + _CUT


def _visible(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if character.isspace():
            kept.append(" ")
        elif marks <= _COMBINING_MARKS_SHOWN and not _is_hidden(character):
            kept.append(character)
    return kept


def _is_hidden(character: str) -> bool:
    point = ord(character)
    selector = any(low <= point <= high for low, high in _VARIATION_SELECTORS)
    return selector or unicodedata.category(character) in _NOT_SHOWN
