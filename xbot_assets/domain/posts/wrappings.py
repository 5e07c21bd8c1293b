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
_TEXT_NAMES = r"(?:text|post|posts|tweet|content|message|body|caption)"

_JSON = "It is written as JSON: write the text alone."
_NOT_THE_TEXT = "It begins with words about the post instead of the post: write the text alone."
_PLACEHOLDER = "It holds a placeholder that nobody has filled in."
_SOURCE = "It holds the mark of a source that is not shown."
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
    (re.compile(r"\\\([^\n]+?\\\)|\\\[[^\n]+?\\\]|\$\$[^$\n]+\$\$|\\(?:frac|sqrt|boxed|mathbb|mathrm)\{"), _TEX),
    (re.compile(r"\\u[0-9a-fA-F]{4}|\\x[89a-fA-F][0-9a-fA-F]"), _NUMBERED),
    (re.compile("\ufffd"), "It holds a character that was lost on the way (U+FFFD)."),
)
"""What is left of these, each with its sentence."""


def unwrapped(text: str) -> str:
    """Return the text without what stands around it."""
    return _unlabelled(_from_json(_unescaped(text)))


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
