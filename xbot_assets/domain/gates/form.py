"""The gate of format: is it what was asked for, can it be shown as it is, does it shout, tag or call on others.

Formats are known by the words in their name; one with another name is only held to the general rules.
"""

import re
from collections.abc import Callable

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.plain import plain
from xbot_assets.domain.gates.reading.questions import asks
from xbot_assets.domain.gates.reading.unspaced import word_count
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.identifiers import mentioned
from xbot_assets.domain.posts.presentable import presentation_problem

STORY_WORDS = 12
"""The shortest text with a beginning, a turn and an end."""
LIST_LINES = 3
"""A heading with two items."""
SHOUT_LETTERS, SHOUT_SHARE = 20, 0.7
"""A text with this many letters shouts when this share of them are capitals."""
EXCLAMATIONS = 5
"""More of them shout, wherever they stand."""
_INVITES = re.compile(r"^\W*(?:tell|show|name|describe|share|finish|fill|pick|choose|guess|vote|ask)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"\d|[〇一二三四五六七八九十百千万億兆两兩几幾数][割倍人年月日回本個个件分歳岁年次种種]|半分|一半"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundreds?"
    r"|thousands?|millions?|billions?|half|halves|thirds?|quarters?|(?:fif|six|seven|eigh|nin|ten)ths?|dozens?"
    r"|twice|double|percent|first|second|every other|no other)\b"
    r"|\b(?:more|fewer|less|larger|longer|older|faster|slower|as many|as much)\b.*\bthan\b",
    re.IGNORECASE | re.DOTALL,
)
_HASHTAG = re.compile(r"(?<![\w&/])#\w+")
_SHOUTED = re.compile(r"!{4,}")
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff]")

_Check = Callable[[str], str | None]


def form(text: str, context: GateContext) -> Refusal | None:
    """Refuse what X would show otherwise than it is meant, another format than asked for, and bad manners."""
    seen = plain(text)
    reason = (
        presentation_problem(text, single=context.single) or _manners(seen, context) or _wanted(seen, context.format)
    )
    return Refusal("format", reason) if reason else None


def _manners(seen: str, context: GateContext) -> str | None:
    limits = context.limits
    counted = (
        (_HASHTAG.findall, limits.hashtags, "hashtags"),
        (mentioned, limits.mentions, "mentions of accounts"),
        (_EMOJI.findall, limits.emoji, "emoji"),
    )
    for find, most, what in counted:
        if len(find(seen)) > most:
            return f"It has too many {what}: at most {most}."
    return "It shouts: use normal letters and one full stop." if _shouts(seen) else None


def _shouts(seen: str) -> bool:
    letters = [character for character in seen if character.isalpha() and character.lower() != character.upper()]
    capitals = sum(character.isupper() for character in letters)
    marked = _SHOUTED.search(seen) or seen.count("!") > EXCLAMATIONS
    return bool(marked) or (len(letters) >= SHOUT_LETTERS and capitals >= SHOUT_SHARE * len(letters))


def _wanted(seen: str, asked: str) -> str | None:
    kinds = (kind for kind in _CHECKS if kind in asked.casefold())
    return next((reason for kind in kinds if (reason := _CHECKS[kind](seen))), None)


def _question(seen: str) -> str | None:
    return None if asks(seen) or _INVITES.search(seen) else "It is not a question: ask the readers something."


def _list(seen: str) -> str | None:
    lines = [line for line in seen.splitlines() if line.strip()]
    return None if len(lines) >= LIST_LINES else "It is not a list: a heading and at least two items, one a line."


def _story(seen: str) -> str | None:
    return None if word_count(seen) >= STORY_WORDS else "It is too short for a scene with a beginning and an end."


def _statistic(seen: str) -> str | None:
    return None if _AMOUNT.search(seen) else "It holds no number: give one, and why it matters."


_CHECKS: dict[str, _Check] = {"question": _question, "list": _list, "story": _story, "statistic": _statistic}
