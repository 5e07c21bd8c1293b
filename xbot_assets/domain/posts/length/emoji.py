"""Emoji that are made of several characters and count as one."""

import re
from functools import cache

from xbot_assets.domain.posts.length.characters import units_of
from xbot_assets.domain.posts.length.emoji_data import FLAGS, SELECTED, SELECTED_AND_SKINNED, SKINNED

_JOINER, _SELECTOR = "\u200d", "\ufe0f"
_SKIN = "[\U0001f3fb-\U0001f3ff]"
_WORK = "(?:[🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰-🦳]|[⚕⚖✈]\ufe0f)"
_GENDER = "[♀♂]\ufe0f"
_GENDERED = "[🏃🏄🏊👮👱👳👷💁💂💆💇🙅-🙇🙋🙍🙎🚣🚴-🚶🤦🤵🤷-🤹🤽🤾🦸🦹🧖-🧝]"
_PARENTS = f"(?:👨{_JOINER}[👨👩]|👩{_JOINER}👩|[👨👩])"
_CHILDREN = f"(?:👦{_JOINER}👦|👧{_JOINER}[👦👧]|[👦👧])"
_HEART = f"{_JOINER}❤{_SELECTOR}{_JOINER}(?:💋{_JOINER})?"
_REGIONAL_A = 0x1F1E6


def _flag(letters: str) -> str:
    return "".join(chr(_REGIONAL_A + ord(letter) - ord("A")) for letter in letters)


def _flags() -> str:
    groups = (group.split(":") for group in FLAGS.split())
    return "|".join(f"{_flag(first)}[{_flag(seconds)}]" for first, seconds in groups)


@cache
def _joined() -> re.Pattern[str]:
    """In X's order: the first that fits is taken, not the longest."""
    return re.compile(
        f"[👨👩]{_SKIN}?{_JOINER}{_WORK}"
        f"|[⛹🏋🏌🕴🕵](?:{_SKIN}|{_SELECTOR}){_JOINER}{_GENDER}"
        f"|{_GENDERED}{_SKIN}?{_JOINER}{_GENDER}"
        f"|(?:👨{_HEART}👨|👩{_HEART}[👨👩])|{_PARENTS}{_JOINER}{_CHILDREN}|[👯🤼🧞🧟]{_JOINER}{_GENDER}"
        f"|🏳{_SELECTOR}{_JOINER}🌈|🏴{_JOINER}☠{_SELECTOR}|👁{_JOINER}🗨"
        f"|[#*0-9]{_SELECTOR}?\u20e3"
        f"|[{SELECTED_AND_SKINNED}]{_SELECTOR}{_SKIN}|[{SELECTED}]{_SELECTOR}|[{SKINNED}]{_SKIN}"
        "|🏴\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
        "|\U000e0077\U000e006c\U000e0073)\U000e007f"
        f"|{_flags()}"
    )


def joined_emoji(text: str) -> dict[int, int]:
    """Return where in a text's code units such emoji begin, each with its number of them."""
    spans, units, end = {}, 0, 0
    for match in _joined().finditer(text):
        units += len(units_of(text[end : match.start()]))
        spans[units] = len(units_of(match[0]))
        units, end = units + spans[units], match.end()
    return spans
