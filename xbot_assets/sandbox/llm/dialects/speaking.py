"""One request answered in a dialect."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from xbot_assets.sandbox.llm.dialects.said import Body, Said, Sent
from xbot_assets.sandbox.llm.dialects.table import Dialect

CHARACTERS_PER_TOKEN = 4
_THOUGHT = "They want posts. {braces} are JSON. I think about it. "
_SPREAD = 0.5
"""Thinking varies by this part of its usual length, up and down."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A response, and the tokens that are billed for it: of the prompt and of the answer."""

    status: int
    body: object
    billed: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its parameters, the tokens of its prompt, which one it is, and when."""

    sent: Sent
    prompt: int
    number: int
    now: datetime


def speak(dialect: Dialect, asked: Asked, write: Callable[[], str], dice: Random) -> Spoken:
    """Answer as this server does; ``write`` writes the posts, as JSON."""
    if asked.sent.get("model") != dialect.model:
        error = {"message": f"The model `{asked.sent.get('model')}` does not exist.", "type": "NotFoundError"}
        return Spoken(404, {"error": error})
    refused = dialect.refuse(asked.sent)
    if refused is not None:
        return Spoken(*refused)
    said = _said(dialect, asked, write(), dice)
    body = dialect.shape(said)
    hiccup = dialect.hiccup(said, body)
    if hiccup is not None:
        return Spoken(*hiccup)
    return Spoken(200, body, (said.prompt, said.written + said.thought))


def _said(dialect: Dialect, asked: Asked, text: str, dice: Random) -> Said:
    thought = round(dialect.thoughts * dice.uniform(1 - _SPREAD, 1 + _SPREAD))
    written = -(-len(text) // CHARACTERS_PER_TOKEN)
    limit = next((int(asked.sent[name]) for name in dialect.limits if name in asked.sent), None)
    room = None if limit is None else max(0, limit - (thought if dialect.keeps_limit else 0))
    is_cut = room is not None and written > room
    if is_cut and room is not None:
        text, written = text[: room * CHARACTERS_PER_TOKEN], room
        thought = min(thought, limit or 0) if dialect.keeps_limit else thought
    return Said(
        model=dialect.model,
        text=text,
        thoughts=_THOUGHT * min(20, thought // 10),
        prompt=asked.prompt,
        written=written,
        thought=thought,
        is_cut=is_cut,
        number=asked.number,
        created=int(asked.now.timestamp()),
    )


def as_bytes(body: Body | object) -> bytes:
    """Return a body as it goes over the wire."""
    return json.dumps(body, ensure_ascii=False).encode()
