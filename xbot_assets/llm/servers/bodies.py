"""The JSON of an answer's body, also where a server streams although nobody asked it to."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

_DATA = "data:"
"""Begins each event of a stream (server-sent events); others begin with another word, or with a colon."""
_AT_THE_END = frozenset({"usage", "error", "model", "x_groq"})
"""What counts of the last part of a stream that has it."""


def body_of(raw: bytes) -> Mapping[str, Any] | None:
    """Return the object that a body is; ``None`` when it is none."""
    try:
        text = raw.decode("utf-8-sig")
        body = _merged(text) if text.lstrip().startswith((_DATA, ":", "event:")) else json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(body, list) and body:
        body = body[0]
    return body if isinstance(body, dict) else None


def _merged(text: str) -> dict[str, Any]:
    """Put the parts of a streamed answer together: the words in their order, and what was told last."""
    lines = (line[len(_DATA) :].strip() for line in text.splitlines() if line.startswith(_DATA))
    parts = [part for line in lines if line.startswith("{") and isinstance(part := json.loads(line), dict)]
    whole = {name: part[name] for part in parts for name in _AT_THE_END if part.get(name)}
    choices = [choice for part in parts for choice in _first(part.get("choices"))]
    if not choices:
        return whole
    messages = [choice.get("message") or choice.get("delta") or {} for choice in choices]
    finish = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    message = {name: "".join(_texts(messages, name)) for name in ("content", "refusal")}
    return {**whole, "choices": [{"message": message, "finish_reason": finish[-1] if finish else None}]}


def _first(choices: object) -> Iterable[Mapping[str, Any]]:
    return [choice for choice in choices[:1] if isinstance(choice, Mapping)] if isinstance(choices, list) else ()


def _texts(messages: Iterable[object], name: str) -> Iterable[str]:
    given = (message.get(name) for message in messages if isinstance(message, Mapping))
    return (text for text in given if isinstance(text, str))
