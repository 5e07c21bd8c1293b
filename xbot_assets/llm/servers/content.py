"""The JSON in what a model wrote: without its thoughts, without fences, without the words around it."""

import json
import re
from collections.abc import Iterator

_NAMES = r"(?:\w+:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?(?:_content)?|analysis|reflection|scratchpad)"
"""What models call their thoughts: DeepSeek's and Qwen's word, Gemini's, Seed's (with a prefix), and others."""
_BEGINS = rf"<\|?{_NAMES}\|?\s*>|\[THINK\]|◁think▷|<\|(?:START_THINKING|begin_of_thought)\|>|<unused94>"
_ENDS = rf"<\|?/{_NAMES}\|?\s*>|\[/THINK\]|◁/think▷|<\|(?:END_THINKING|end_of_thought)\|>|<unused95>"
"""Around them, as tags or as tokens of their own: Mistral's, Kimi's, Cohere's, and MedGemma's."""
_THOUGHTS = re.compile(f"(?:{_BEGINS}).*?(?:{_ENDS})", re.DOTALL | re.IGNORECASE)
_THOUGHTS_END = re.compile(_ENDS, re.IGNORECASE)
"""Some servers give the end of the thoughts only: the beginning stood in the prompt."""
_THOUGHTS_BEGIN = re.compile(_BEGINS, re.IGNORECASE)
"""Left over when thoughts never ended: what follows is no answer."""
_CHANNEL = "<|message|>"
"""The last of gpt-oss's channels is the answer."""
_OBJECTS_TRIED = 50
"""Braces at which an answer may begin; more of them are no prose around one."""


def without_thoughts(content: str) -> str:
    """Return a message without what the model thought before it answered."""
    if content.lstrip().startswith(("{", "[{")):
        return content  # what looks like thoughts there is a post's text
    rest = _THOUGHTS.sub("", content.rpartition(_CHANNEL)[2])
    rest = _THOUGHTS_END.split(rest)[-1].strip()
    return "" if _THOUGHTS_BEGIN.match(rest) else rest


def values_in(content: str) -> Iterator[object]:
    """Yield the JSON objects and arrays of a message, the whole of it first; none when there are none."""
    text, reader = _unescaped(without_thoughts(content)), json.JSONDecoder(strict=False)
    place, tried = _next(text, 0), 0
    while place >= 0 and tried < _OBJECTS_TRIED:
        tried += 1
        try:
            value, end = reader.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            yield value
        place = _next(text, end)


_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrt]|u[0-9a-fA-F]{4})|(.))", re.DOTALL)


def mended(content: str) -> str:
    """Return a message whose escapes and spaces a reader of JSON takes: an escaped apostrophe has one meaning."""
    whole = _ESCAPE.sub(lambda escape: escape[0] if escape[1] else escape[2], content)
    return whole.replace("\u00a0", " ")


def _unescaped(text: str) -> str:
    """Return what a message holds that is itself a text of JSON: some servers write it twice."""
    if not text.lstrip().startswith('"{'):
        return text
    try:
        inner = json.loads(text)
    except ValueError:
        return text
    return inner if isinstance(inner, str) else text


def _next(text: str, start: int) -> int:
    places = [place for sign in "{[" if (place := text.find(sign, start)) >= 0]
    return min(places, default=-1)
