"""Keys and tokens as people paste them: what surely does not belong is left out, and the rest refused by name.

They travel in headers of HTTP, which hold one word of plain letters. No sentence here holds any part of a key but the
name of a character that cannot be in one.
"""

import re
import unicodedata
from collections.abc import Callable

IN_HEADERS = ("openai_api_key", "browser_token", "sandbox_token", "service_token", "session_key")
"""The settings that are such a word."""
_QUOTES = "\"'`\u00b4\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u300c\u300d\uff02\uff07"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Takes no room on a screen, and comes along with what is copied from pages and documents."""
_NAMED = frozenset({"Pi", "Pf", "Ps", "Pe", "Pd", "Po", "Zs", "Zl", "Zp", "Cf", "Sk"})
"""Categories whose characters are told by name: punctuation and blanks. A letter would be part of the key."""
_NAMED_AS_WELL = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]*=|\$\{?[A-Za-z_]\w*\}?\Z|%[A-Za-z_]\w*%\Z")
"""A whole line of another file, or a variable that nothing has replaced."""
_FIRST_PRINTED, _LAST_PRINTED = "!", "~"


def cleaned_secret(name: str, text: str, problems: list[str], tell: Callable[[str], None]) -> str:
    """Return a key without the blanks and the pairs of quotes around it.

    Args:
        name: of the setting, for the sentences.
        text: as it was written.
        problems: gets a sentence when the rest cannot be a key.
        tell: told when something was left out.
    """
    bare = _bare(text)
    if bare != text and bare:
        tell(f"{name}: the quotes or blanks around it were left out; write it without them.")
    wrong = next((char for char in bare if not _FIRST_PRINTED <= char <= _LAST_PRINTED), None)
    if wrong is not None:
        advice = " Write the key alone, without 'Bearer'." if bare.lower().startswith("bearer") else ""
        problems.append(f"{name} holds {_told(wrong)}, which no key does: copy it again.{advice}")
    elif _NAMED_AS_WELL.match(bare):
        problems.append(f"{name} holds the name of a variable beside or instead of the key: write the key alone.")
    elif bare.endswith((",", ";")):
        problems.append(
            f"{name} ends in a {'comma' if bare[-1] == ',' else 'semicolon'}, which no key does: take it off."
        )
    elif bare and (bare[0] in _QUOTES or bare[-1] in _QUOTES):
        problems.append(f"{name} has a quote at one end only: copy it again.")
    return bare


def _bare(text: str) -> str:
    """Take off blanks, and quotes that stand at both ends, until neither is there."""
    bare = _unspaced(text)
    while len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES:
        bare = _unspaced(bare[1:-1])
    return "" if bare in set(_QUOTES) else bare


def _unspaced(text: str) -> str:
    """Take off what is not seen at either end."""
    while text != (shorter := text.strip().strip(_INVISIBLE)):
        text = shorter
    return text


def _told(char: str) -> str:
    if char in "\r\n":
        return "a line break"
    if char in " \t":
        return "a blank"
    if unicodedata.category(char) in _NAMED:
        return f"the character {unicodedata.name(char, 'without a name')}"
    return "a letter or sign that is not plain ASCII"
