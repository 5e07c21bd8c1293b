"""What a writer puts around a post: JSON, an introduction, a label, escapes of JSON, marks for its sources.

Taken off where it has one meaning; what is left of it is a reason to refuse the text.
"""

import json
import re

_INTRODUCED = re.compile(
    r"\A(?:(?:sure|certainly|of course|absolutely|okay|ok|great)\b[!,. ]*\s*)?"
    r"here(?:['’]s| is| are)\b[^\n:]{0,80}\b(?:tweets?|posts?|drafts?|captions?)\b[^\n:]{0,80}:[ \t]*\n\s*",  # noqa: RUF001
    re.IGNORECASE,
)
"""With a line break after it; an author may well begin a line with "Here's the post that changed my mind:"."""
_LABEL = re.compile(r"\A(?:tweet|x post|post text|tweet text)[ \t]*:\s*(?=\S)", re.IGNORECASE)
_ESCAPED = re.compile(r"((?:\\u[0-9a-fA-F]{4})+)")
_SPOKEN_OF = re.compile(r"(?<![^\s(\"'`“])\\u[0-9a-fA-F]{4}(?![^\s)\"'`”.,;:!?])|\\\\u[0-9a-fA-F]{4}")
"""Stands alone, like a word: perhaps the escape itself is meant."""
_END_TOKEN = re.compile(
    r"\s*(?:<\|(?:endoftext|end_of_text|im_end|eot_id|eom_id|end|return)\|>|</s>|<eos>|<end_of_turn>"
    r"|<\uff5cend\u2581of\u2581sentence\uff5c>)\s*\Z"
)
"""By which models of several makers say that the text is over; servers with a wrong template show it."""
_TEXT_NAMES = r"(?:text|post|posts|tweet|content|message|body|caption)"

_JSON = "It is written as JSON: write the text alone."
_NOT_THE_TEXT = "It begins with words about the post instead of the post: write the text alone."
_PLACEHOLDER = "It holds a placeholder that nobody has filled in."
_SOURCE = "It holds the mark of a source that is not shown."
_FOREIGN = "It holds a mark of a model's own format."
_PRIVATE = "It holds a character for private use, which readers do not see as it is meant."
_NUMBERED = "It holds a character written as a backslash and a number."
_TEX = "It holds TeX, which X shows as it is: write plain text."
PROBLEMS = (
    (re.compile(rf"\A\W*\"{_TEXT_NAMES}\"\s*:|[\"”]\s*[}}\]],?\s*\Z|\A\s*[\[{{]\s*\""), _JSON),
    (
        re.compile(
            r"\A(?:sure|certainly|absolutely)\b[^\n]{0,20}here(?:['’]s| is)\b"  # noqa: RUF001
            r"|\Ahere(?:['’]s| is) (?:a|the|your|my) (?:draft|tweet|post)(?: for you| about [^\n:]{1,60})?:"  # noqa: RUF001
            r"|\A(?:draft|option|version|final (?:answer|tweet|post))(?: \d+)?[ \t]*:",
            re.IGNORECASE,
        ),
        _NOT_THE_TEXT,
    ),
    (
        re.compile(
            r"\[(?:insert|your|add|link|url|name|handle|hashtags?|date|image|topic)\b[^\]\n]{0,60}\]|\{\{[^{}\n]{1,60}\}\}",
            re.IGNORECASE,
        ),
        _PLACEHOLDER,
    ),
    (re.compile(r"\[\^\d+\]|【[^】\n]*†[^】\n]*】|[.!?]\s?(?:\[\d{1,2}\])+(?=\s|\Z)"), _SOURCE),
    (
        re.compile(
            r"\ue200|oaicite|contentReference\[|turn\d+(?:search|view|news|fetch)\d+|\[cite(?:_start|:[^\]]*)\]"
        ),
        _SOURCE,
    ),
    (
        re.compile(
            r"<\|[^<>|\n]{1,40}\|>|<\uff5c[^<>\n]{1,40}\uff5c>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_\w+>"
            r"|</?(?:eos|bos|pad|unk|answer|final|output|response|think\w*|tweet|post|text)>",
            re.IGNORECASE,
        ),
        _FOREIGN,
    ),
    (re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]"), _PRIVATE),
    (re.compile(r"\\\([^\n]+?\\\)|\\\[[^\n]+?\\\]|\$\$[^$\n]+\$\$|\\(?:frac|sqrt|boxed|mathbb|mathrm)\{"), _TEX),
    (
        re.compile(r"\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\U[0-9a-fA-F]{8}|\\x[89a-fA-F][0-9a-fA-F]"),
        _NUMBERED,
    ),
    (re.compile("\ufffd"), "It holds a character that was lost on the way (U+FFFD)."),
    (
        re.compile("â€[\u0080-\u009f™œ“”˜¦¢]|Ã[\u00a0-\u00bf]|Â[\u00a3-\u00bf]|ðŸ"),  # noqa: RUF001
        "It holds UTF-8 that was read as another encoding, so that other letters are shown than are meant.",
    ),
)
"""What is left of these, each with its sentence."""


def unwrapped(text: str) -> str:
    """Return the text without what stands around it."""
    return _unlabelled(_END_TOKEN.sub("", _from_json(_unescaped(text))))


def _unescaped(text: str) -> str:
    """Read characters that JSON writes by their numbers, where they are a part of the text."""
    return text if _SPOKEN_OF.search(text) else _ESCAPED.sub(_characters_of, text)


def _characters_of(match: re.Match[str]) -> str:
    try:
        read: str = json.loads(f'"{match[1]}"')
        read.encode("utf-8")
    except ValueError:  # half of a character
        return match[0]
    return read


def _from_json(text: str) -> str:
    """Take the only text out of an object or a list; with other things beside it, nobody knows what is meant."""
    if not text.strip().startswith(("{", "[")):
        return text
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return text
    for _depth in range(3):
        inner = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(inner, list) or len(inner) != 1:
            break
        value = inner[0]
    return value if isinstance(value, str) else text


def _unlabelled(text: str) -> str:
    return _LABEL.sub("", _INTRODUCED.sub("", text.strip(), count=1), count=1)
