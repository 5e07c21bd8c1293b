"""One chat completion: reads the request, has the posts written, and wraps them as OpenAI does.

Keep out: HTTP and keys (``routes.py``) and the books (``usage.py``).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from xbot_assets.sandbox.llm import errors
from xbot_assets.sandbox.llm.asked import Asked, AskedPost, read_prompt
from xbot_assets.sandbox.llm.faults import ActiveFaults
from xbot_assets.sandbox.llm.schema import Filling, fill, strict_problem
from xbot_assets.sandbox.llm.usage import UsageLog
from xbot_assets.sandbox.llm.writer import Writer

MODELS = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
}
"""The models served, with the dated name each answers under, as OpenAI's do."""
CHARACTERS_PER_TOKEN = 4
"""OpenAI's rule of thumb for English."""
TOKENS_PER_MESSAGE = 4
"""What the chat format adds to each message."""
MOST_DRAWS = 40
"""How often a post is drawn again when it was written before; past this a repeat is let through."""
_ID_BITS = 116
"""As many random bits as fill the 29 hexadecimal digits of an OpenAI id."""
_REFUSAL = "I'm sorry, but I can't help with that request."
_GARBAGE = 'Sure! Here are your posts: {"posts": [{"text": "Water in the mor'


class Message(BaseModel):
    """One message; its content is a string or a list of parts."""

    model_config = ConfigDict(extra="allow")
    role: str
    content: str | list[dict[str, Any]] | None = None

    def text(self) -> str:
        """Return the words of the message."""
        if isinstance(self.content, list):
            return "\n".join(str(part.get("text", "")) for part in self.content)
        return self.content or ""


class CompletionRequest(BaseModel):
    """What of a request this server reads; it accepts the other parameters and ignores them, ``n`` too."""

    model_config = ConfigDict(extra="allow")
    model: str
    messages: list[Message] = Field(min_length=1)
    response_format: dict[str, Any] | None = None
    stream: bool | None = None
    seed: int | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)

    def prompt(self) -> str:
        """Return the words of all messages."""
        return "\n".join(message.text() for message in self.messages)


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished completion and what it is billed."""

    body: dict[str, object]
    prompt_tokens: int
    completion_tokens: int


def tokens_of(text: str) -> int:
    """Return the tokens this server bills for a text: a fixed rule, so that the bill can be checked by hand."""
    return ceil(len(text) / CHARACTERS_PER_TOKEN)


def answer(request: CompletionRequest, writer: Writer, usage: UsageLog, faults: ActiveFaults, now: datetime) -> Answer:
    """Answer one request.

    Raises:
        ApiError: the request asks for something this server, like OpenAI, refuses.
    """
    _check(request)
    prompt = request.prompt()
    dice = _dice(prompt, usage.count() + 1, request.seed)
    pen = _Pen(writer, usage, read_prompt(prompt), dice)
    text = _REFUSAL if faults.refusal else _content(request.response_format or {}, pen, faults)
    text, finish, tokens = _cut(text, request.max_completion_tokens or request.max_tokens)
    billed = tokens_of(prompt) + TOKENS_PER_MESSAGE * len(request.messages), tokens
    message = {"content": None, "refusal": text} if faults.refusal else {"content": text, "refusal": None}
    body = {
        "id": f"chatcmpl-{dice.getrandbits(_ID_BITS):029x}",
        "object": "chat.completion",
        "created": int(now.timestamp()),
        "model": MODELS[request.model],
        "choices": [_choice({"role": "assistant", **message}, finish)],
        "usage": _usage(*billed),
        "system_fingerprint": "fp_sandbox",
    }
    return Answer(body, *billed)


def _choice(message: dict[str, str | None], finish: str) -> dict[str, object]:
    return {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}


def _usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _check(request: CompletionRequest) -> None:
    if request.model not in MODELS:
        raise errors.unknown_model(request.model)
    if request.stream:
        raise errors.bad_parameter(
            "Unsupported value: 'stream' does not support true with this server. Only false is supported.",
            "stream",
            "unsupported_value",
        )
    wanted = request.response_format or {}
    if wanted.get("type") not in {None, "text", "json_object", "json_schema"}:
        raise errors.bad_parameter("Invalid value for 'response_format.type'.", "response_format.type", "invalid_value")
    if wanted.get("type") == "json_schema":
        _check_schema(wanted.get("json_schema"))


def _check_schema(wanted: object) -> None:
    if not isinstance(wanted, dict) or not wanted.get("name") or "schema" not in wanted:
        message = "Missing required parameter: 'response_format.json_schema.name' or '.schema'."
        raise errors.bad_parameter(message, "response_format.json_schema", "missing_required_parameter")
    problem = strict_problem(wanted["schema"]) if wanted.get("strict") else None
    if problem:
        message = f"Invalid schema for response_format '{wanted['name']}': {problem}"
        raise errors.bad_parameter(message, "response_format")


def _content(wanted: dict[str, Any], pen: "_Pen", faults: ActiveFaults) -> str:
    """Write the message's content in the form that was asked for, or as the active fault spoils it."""
    if faults.garbage:
        return _GARBAGE
    if faults.wrong_shape:
        return json.dumps({"result": {"status": "done", "items": len(pen.asked.posts)}})
    if wanted.get("type") == "json_schema":
        return _structured(wanted["json_schema"]["schema"], pen)
    posts = [pen.write(i) for i in range(len(pen.asked.posts))]
    if wanted.get("type") == "json_object":
        return json.dumps({"posts": [{"text": text} for text in posts]}, ensure_ascii=False)
    return "\n\n".join(posts)


def _structured(schema: dict[str, Any], pen: "_Pen") -> str:
    try:
        return json.dumps(fill(schema, pen.filling(schema.get("$defs", {}))), ensure_ascii=False)
    except RecursionError as error:
        raise errors.bad_parameter("Schemas that contain themselves are not supported.", "response_format") from error


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes the posts of one request."""

    writer: Writer
    usage: UsageLog
    asked: Asked
    dice: Random

    def write(self, number: int) -> str:
        """Write the post with this number, one that was never written before when there is any left."""
        return self._unwritten(self.asked.post(number))

    def sentence(self) -> str:
        """Write a sentence on the first topic, for a string that is not a post."""
        return self.writer.write(AskedPost(self.asked.posts[0].topic), self.asked.language, self.asked.limit, self.dice)

    def filling(self, definitions: dict[str, Any]) -> Filling:
        """Return what a schema is filled from."""
        asked = self.asked
        return Filling(len(asked.posts), asked.post, self.write, self.sentence, self.dice, definitions)

    def _unwritten(self, post: AskedPost) -> str:
        text = ""
        for _ in range(MOST_DRAWS):
            text = self.writer.write(post, self.asked.language, self.asked.limit, self.dice)
            if self.usage.is_new_text(text):
                break
        return text


def _cut(text: str, most: int | None) -> tuple[str, str, int]:
    """Return the text, why it ended and its tokens; cut where the caller's token limit falls."""
    tokens = tokens_of(text)
    if most is None or tokens <= most:
        return text, "stop", tokens
    return text[: most * CHARACTERS_PER_TOKEN], "length", most


def _dice(prompt: str, call: int, seed: int | None) -> Random:
    """Return the call's own dice: another call draws otherwise, even for the same prompt and seed."""
    digest = hashlib.sha256(f"{call}\0{seed}\0{prompt}".encode()).digest()
    return Random(digest)  # noqa: S311 - for variety, not for secrets


def spoiled(body: bytes) -> bytes:
    """Return a body cut in the middle: no JSON any more."""
    return body[: len(body) // 2]
