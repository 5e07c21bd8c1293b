"""What a text says once tricks are taken off: width, invisible characters, borrowed letters, digits as letters.

Every gate reads the text through here.
"""

import re
import unicodedata
from functools import lru_cache

REMEMBERED = 8192
"""Texts kept with what was worked out about them; a history of 90 days is some 2,000."""
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x1B00)) if unicodedata.category(mark).startswith("M"))
"""Vowels and tones of Indian and South-East Asian scripts, which are parts of a word and no letters."""
_PART = rf"\w[\w{_MARKS}]*"
_WORD = re.compile(rf"{_PART}(?:['\u2019]{_PART})*")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏԛԝгАВСЕНІЈКМОРЅТХУαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡıᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "aeopcyxijsdhlqwrABCEHIJKMOPSTXYaeiknoptuxABEZHIKMNOPTYXagiabcdefghijklmnoprstuvwyz",
)
_FOREIGN = re.compile(r"[Ͱ-ϿЀ-ԯ]")
_AS_LETTERS = {"i": str.maketrans("013457@$!", "oieastasi"), "l": str.maketrans("013457@$!", "oleastasl")}
_DISGUISED = re.compile(r"(?<!\w)(?=\S*[a-z])(?=\S*[013457@$!]\S*[a-z])[a-z013457@$!]+", re.IGNORECASE)
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?P<between>[ .\-_*]{1,2})(?:[^\W\d_](?P=between)){2,}[^\W\d_](?!\w)")
_BETWEEN = re.compile(r"[ .\-_*]")
_SPACES = re.compile(r"[^\S\n]+")


@lru_cache(maxsize=REMEMBERED)
def plain(text: str) -> str:
    """Return the text without invisible characters, full width, and Latin letters borrowed from other alphabets."""
    flat = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in flat if unicodedata.category(c) not in {"Cf", "Cc"} or c == "\n")
    return _SPACES.sub(" ", _latin(seen)).strip()


@lru_cache(maxsize=REMEMBERED)
def readings(text: str) -> tuple[str, ...]:
    """Return the ways a reader may take the text, in lower case: as it is, digits as letters, spaced letters joined."""
    seen = plain(text)
    ways = [seen, *(_undisguised(seen, table) for table in _AS_LETTERS.values())]
    joined = [_SPACED.sub(lambda match: _BETWEEN.sub("", match[0]), way) for way in ways]
    return tuple(dict.fromkeys(way.casefold().replace("\u2019", "'") for way in [*ways, *joined]))


def words(text: str) -> list[str]:
    """Return the words in lower case, without digits and punctuation."""
    return [word for word in _WORD.findall(plain(text).casefold().replace("\u2019", "'")) if not word[0].isdigit()]


def _latin(text: str) -> str:
    """Turn lookalikes into Latin letters where they stand between Latin ones; real Greek or Russian stays."""
    if text.isascii():
        return text
    mostly_latin = len(_LATIN.findall(text)) > len(_FOREIGN.findall(text))
    return _WORD.sub(lambda match: _latin_word(match[0], mostly_latin=mostly_latin), text)


def _latin_word(word: str, *, mostly_latin: bool) -> str:
    changed = word.translate(_LOOKALIKES)
    if changed == word or _FOREIGN.search(changed):
        return word
    return changed if mostly_latin or _LATIN.search(word) else word


def _undisguised(text: str, table: dict[int, int]) -> str:
    return _DISGUISED.sub(lambda match: match[0].translate(table), text)
