"""The JSON in what a model wrote: without its thoughts, without fences, without the words around it."""

import json
import re
from collections.abc import Iterator

_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?</\1>|\[THINK\].*?\[/THINK\]", re.DOTALL | re.IGNORECASE)
_THOUGHTS_END = re.compile(r"</(?:think|thinking|reasoning)>|\[/THINK\]", re.IGNORECASE)
"""Some servers give the end of the thoughts only: the beginning stood in the prompt."""
_THOUGHTS_BEGIN = re.compile(r"<(?:think|thinking|reasoning)>|\[THINK\]", re.IGNORECASE)
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
    text, reader = without_thoughts(content), json.JSONDecoder()
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


def _next(text: str, start: int) -> int:
    places = [place for sign in "{[" if (place := text.find(sign, start)) >= 0]
    return min(places, default=-1)
