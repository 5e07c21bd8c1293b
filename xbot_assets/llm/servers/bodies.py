"""The JSON of an answer's body, also where a server streams although nobody asked it to."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

_DATA = "data:"
"""Begins each event of a stream (server-sent events); others begin with another word, or with a colon."""
_OF_A_STREAM = (_DATA, ":", "event:", "id:", "retry:")
_AROUND = ("data", "result", "response", "body")
"""In what a gateway puts an answer."""
_AT_THE_END = frozenset({"usage", "error", "model", "x_groq"})
"""What counts of the last part of a stream that has it."""


def body_of(raw: bytes) -> Mapping[str, Any] | None:
    """Return the object that a body is; ``None`` when it is none."""
    try:
        text = raw.decode("utf-8-sig")
        body = _merged(text) or None if text.lstrip().startswith(_OF_A_STREAM) else _whole(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(body, list) and body:
        body = body[0]
    return _unpacked(body) if isinstance(body, dict) else None


def _whole(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Read a body; where something follows it, it may be a stream without the names of events."""
    try:
        return json.loads(text)
    except ValueError:
        merged = _merged(text)
        if not merged:
            raise
        return merged


def _unpacked(body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer that a body holds in a further object, together with what is told beside it."""
    inner = (body[name] for name in _AROUND if isinstance(body.get(name), dict) and "choices" in body[name])
    return {**body, **answer} if not body.get("choices") and (answer := next(inner, None)) else body


def _merged(text: str) -> dict[str, Any]:
    """Put the parts of a streamed answer together: the words in their order, and what was told last."""
    lines = (line.removeprefix(_DATA).strip() for line in text.split("\n"))
    parts = [part for line in lines if line.startswith("{") and (part := _part(line))]
    whole = {name: part[name] for part in parts for name in _AT_THE_END if part.get(name)}
    choices = [choice for part in parts for choice in _first(part.get("choices"))]
    if not choices:
        return whole
    messages = [choice.get("message") or choice.get("delta") or {} for choice in choices]
    finish = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    message = {name: "".join(_texts(messages, name)) for name in ("content", "refusal")}
    return {**whole, "choices": [{"message": message, "finish_reason": finish[-1] if finish else None}]}


def _part(line: str) -> dict[str, Any] | None:
    """Read one part; the last may be cut in the middle."""
    try:
        part = json.loads(line)
    except ValueError:
        return None
    return part if isinstance(part, dict) else None


def _first(choices: object) -> Iterable[Mapping[str, Any]]:
    return [choice for choice in choices[:1] if isinstance(choice, Mapping)] if isinstance(choices, list) else ()


def _texts(messages: Iterable[object], name: str) -> Iterable[str]:
    given = (message.get(name) for message in messages if isinstance(message, Mapping))
    return (text for text in given if isinstance(text, str))
