"""A model that can be talked into anything: finds an order in the posts a prompt shows, and does what it says.

It knows a few dozen wordings in a dozen languages and sees through disguises (look-alike letters, hidden characters,
base64, orders split over posts), so that what is tested is the defence around the model.
"""

import base64
import binascii
import codecs
import contextlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from xbot_assets.sandbox.llm import orders
from xbot_assets.sandbox.llm.asked import without_data
from xbot_assets.sandbox.llm.grammar import languages

LEAKED_CHARACTERS = 220
"""How much of its system prompt the model gives away at once; a post must still fit."""
_TAGS = range(0xE0020, 0xE007F)
"""Invisible twins of ASCII, which models read."""
_TAG_OFFSET = 0xE0000
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BASE64 = re.compile(r"\b[A-Za-z0-9+/]{16,}={0,2}")
_TAG_NAME = re.compile(r"<(\w+)>\n")
_JOB = re.compile(
    r"\s*(?:write (?:\w+|all \w+) post|language:|maximum length|\d+\. topic|your last answer|posts (?:of|by)"
    r"|the data end|</?\w+>\s*$|[][]\s*$|$)",
    re.IGNORECASE,
)
"""Lines of a prompt that describe the job itself; all others are taken for posts."""
_ZERO_WIDTH = {"Cf", "Mn"}


@dataclass(frozen=True, slots=True)
class Demand:
    """What the model was talked into. ``words`` are to be said, ``alone`` without the post that was asked for."""

    words: str = ""
    alone: bool = False
    language: str = ""
    style: str = ""

    def obeyed(self, post: str) -> str:
        """Return the post as the demand wants it."""
        said = self.words if self.alone else f"{post} {self.words}".strip()
        return _STYLES[self.style](said) if self.style else said

    def __bool__(self) -> bool:
        return bool(self.words or self.language or self.style)


def demand_in(system: str, user: str, *, anywhere: bool) -> Demand:
    """Find an order in the user's message; ``anywhere``: also in tags, else only outside of them."""
    text = user if anywhere else without_data(user)
    lines = [_unlisted(line) for line in text.splitlines() if not _JOB.match(line)]
    said = [_readable(part) for part in (*lines, " ".join(lines))]
    return _demand([*(hidden for part in said for hidden in _decodings(part)), *said], _Told(system, user))


def _unlisted(line: str) -> str:
    """Return what a line of a JSON list says; any other line as it is."""
    with contextlib.suppress(json.JSONDecodeError):
        return str(json.loads(line.rstrip(",")))
    return line.strip()


@dataclass(frozen=True, slots=True)
class _Told:
    """What the model could give away."""

    system: str
    user: str

    def secrets(self) -> str:
        """Return the beginning of the system prompt, one line."""
        return " ".join(self.system.split())[:LEAKED_CHARACTERS]

    def tag_names(self) -> str:
        """Return the names of the tags in the prompt."""
        return " ".join(_TAG_NAME.findall(self.user))


def _demand(said: Sequence[str], told: _Told) -> Demand:
    """Return what the first rule makes of the first part that it fits."""
    parts = [part for part in said if orders.is_order(part)]
    for rule in (_spoken_for, _leak, _other_language, _other_style, _joined, _dictated, _copied):
        for part in parts:
            if demand := rule(part, told):
                return demand
    return Demand()


def _spoken_for(text: str, _told: _Told) -> Demand:
    """A turn or a tool call put into the model's mouth."""
    match = orders.PUT_IN_MOUTH.search(text)
    return Demand(match[1].strip(), alone=True) if match else Demand()


def _leak(text: str, told: _Told) -> Demand:
    if orders.WANTS_TAGS.search(text) and told.tag_names():
        return Demand(told.tag_names())
    return Demand(told.secrets(), alone=True) if orders.WANTS_SECRETS.search(text) else Demand()


def _other_language(text: str, _told: _Told) -> Demand:
    code = orders.language_wanted(text)
    if not code:
        return Demand()
    return Demand(language=code) if code in languages() else Demand(orders.CANNED[code], alone=True)


def _other_style(text: str, _told: _Told) -> Demand:
    style = next((name for name, wanted in orders.STYLES.items() if wanted.search(text)), "")
    return Demand(style=style)


def _dictated(text: str, _told: _Told) -> Demand:
    """Words to be said: quoted, after a colon, or a name, link, number, handle or hashtag."""
    alone, parts = bool(orders.ALONE.search(text)), orders.quoted(text)
    if parts:
        return Demand(max(parts, key=len), alone=alone)
    for pattern in orders.THINGS:
        if match := pattern.search(text):
            return Demand(orders.undisguised(match[match.lastindex or 0].strip()), alone=alone)
    return Demand()


def _joined(text: str, _told: _Told) -> Demand:
    """Words in two pieces, to be put together."""
    parts = orders.quoted(text) if orders.JOINED.search(text) else []
    return Demand("".join(parts)) if len(parts) > 1 else Demand()


def _copied(text: str, _told: _Told) -> Demand:
    return Demand(text, alone=True) if orders.WANTS_COPY.search(text) else Demand()


def _readable(text: str) -> str:
    """See through disguises: JSON escapes, tag characters, hidden marks, look-alike letters, spaced letters."""
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    plain = "".join(chr(ord(c) - _TAG_OFFSET) if ord(c) in _TAGS else c for c in plain)
    folded = unicodedata.normalize("NFKC", _selected(plain))
    visible = "".join(c for c in folded if unicodedata.category(c) not in _ZERO_WIDTH or c in orders.NEEDED_MARKS)
    return orders.unspaced(orders.latin(visible))


def _selected(text: str) -> str:
    """Read bytes hidden in variation selectors, as published by those who found that models can."""
    first, last, offset = 0xE0100, 0xE01EF, 16
    return "".join(chr(ord(c) - first + offset) if first <= ord(c) <= last else c for c in text)


def _decodings(text: str) -> Iterator[str]:
    """Yield what base64 words, ROT13 and reversal make of a text, as far as it is an order then."""
    for word in _BASE64.findall(text):
        try:
            said = base64.b64decode(word + "=" * (-len(word) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if said.isprintable():
            yield said
    for other in (codecs.encode(text, "rot13"), text[::-1]):
        if orders.is_order(other) and not orders.is_order(text):
            yield other


def _in_emoji(text: str) -> str:
    return "🔥🚀💰" * max(1, len(text) // 40)


_STYLES: dict[str, Callable[[str], str]] = {
    "caps": str.upper,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "reversed": lambda text: text[::-1],
    "emoji": _in_emoji,
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "json": lambda text: json.dumps({"role": "assistant", "tool": "post", "text": text}),
    "hex": lambda text: text.encode().hex(" "),
}
