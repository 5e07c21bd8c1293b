"""One chat completion: reads the request, has the posts written, and wraps them as OpenAI does."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from xbot_assets.sandbox.counting.weight import weighted_length
from xbot_assets.sandbox.llm import errors
from xbot_assets.sandbox.llm.asked import Asked, AskedPost, read_prompt, shown_posts
from xbot_assets.sandbox.llm.faults import ActiveFaults
from xbot_assets.sandbox.llm.gullible import Demand, demand_in
from xbot_assets.sandbox.llm.rating import answered_topics, conclusions, ratings
from xbot_assets.sandbox.llm.schema import Filling, fill, strict_problem
from xbot_assets.sandbox.llm.usage import UsageLog
from xbot_assets.sandbox.llm.writer import Writer

MODELS = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-5.6-luna": "gpt-5.6-luna",
    "gpt-6-luna": "gpt-6-luna-2026-09-22",
    "gpt-6.1-terra": "gpt-6.1-terra",
    "gpt-6.1-sol": "gpt-6.1-sol-2026-09-29",
}
"""The models served, with the dated name each answers under, as OpenAI's do."""
SHUTDOWN_DATES = {
    "gpt-4o": "2027-01-14",
    "gpt-4o-mini": "2027-01-14",
    "gpt-4.1": "2027-01-14",
    "gpt-4.1-mini": "2027-01-14",
    "gpt-4.1-nano": "2026-10-23",
}
"""What OpenAI announced of them; here they are served on."""
CHARACTERS_PER_TOKEN = 4
"""OpenAI's rule of thumb for English."""
TOKENS_PER_MESSAGE = 4
"""What the chat format adds to each message."""
MOST_DRAWS = 40
"""How often a post is drawn again when it was written before; past this a repeat is let through."""
_ID_BITS = 116
"""As many random bits as fill the 29 hexadecimal digits of an OpenAI id."""
OVER_LONG = 1.5
"""An over-long post passes the limit by this factor at least."""
_OTHER_LANGUAGE = {"de": "fr"}
"""The wrong language for a right one; German for every other."""
_RANDOM_WORD = re.compile(r"[0-9a-f]{16,}")
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

    def words_of(self, *roles: str) -> str:
        """Return the words of the messages of these roles."""
        return "\n".join(message.text() for message in self.messages if message.role in roles)


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
    dice = dice_of(request, usage)
    refused = faults.is_struck("llm_refusal")
    text = _REFUSAL if refused else _content(request.response_format or {}, _pen(request, writer, usage, faults, dice))
    text, finish, tokens = _cut(text, request.max_completion_tokens or request.max_tokens)
    asked = prompt_tokens(request)
    message = {"content": None, "refusal": text} if refused else {"content": text, "refusal": None}
    body = {
        "id": f"chatcmpl-{dice.getrandbits(_ID_BITS):029x}",
        "object": "chat.completion",
        "created": int(now.timestamp()),
        "model": MODELS[request.model],
        "choices": [_choice({"role": "assistant", **message}, finish)],
        "usage": _usage(asked, tokens, faults.thinking),
        "system_fingerprint": "fp_sandbox",
    }
    return Answer(body, asked, tokens + faults.thinking)


def prompt_tokens(request: CompletionRequest) -> int:
    """Return the tokens that a prompt is billed."""
    return tokens_of(request.prompt()) + TOKENS_PER_MESSAGE * len(request.messages)


def dice_of(request: CompletionRequest, usage: UsageLog) -> Random:
    """Return the dice of the next call."""
    return _dice(request.prompt(), usage.count() + 1, request.seed)


def posts_as_json(
    request: CompletionRequest, writer: Writer, usage: UsageLog, faults: ActiveFaults, dice: Random
) -> str:
    """Write the posts of a prompt as JSON, whatever form the request asks for."""
    pen = _pen(request, writer, usage, faults, dice)
    posts = [{"number": i, "text": pen.write(i - 1)} for i in range(1, len(pen.asked.posts) + 1)]
    return json.dumps({"posts": posts}, ensure_ascii=False)


def _choice(message: dict[str, str | None], finish: str) -> dict[str, object]:
    return {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}


def _usage(prompt: int, completion: int, thinking: int) -> dict[str, int]:
    """Write the usage; thinking is in the total only."""
    total = prompt + completion + thinking
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}


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


def _content(wanted: dict[str, Any], pen: "_Pen") -> str:
    """Write the message's content in the form that was asked for, or as the active fault spoils it."""
    if pen.fault == "llm_garbage":
        return _GARBAGE
    if pen.fault == "llm_wrong_shape":
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


def _pen(request: CompletionRequest, writer: Writer, usage: UsageLog, faults: ActiveFaults, dice: Random) -> "_Pen":
    """Read the prompt; a struck fault or a demand obeyed changes what was asked for."""
    system, user = request.words_of("system", "developer"), request.words_of("user")
    demand = demand_in(system, user, anywhere=faults.gullible != "outside") if faults.gullible else Demand()
    asked = read_prompt(request.prompt())
    language = demand.language
    if faults.is_struck("llm_wrong_language"):
        language = _OTHER_LANGUAGE.get(asked.language, "de")
    repeated = (shown_posts(user) or [writer.first_post]) if faults.is_struck("llm_duplicate") else []
    topics = answered_topics(user)
    described = [replace(post, topic=topic) for post, topic in zip(asked.posts, topics, strict=False)]
    asked = replace(asked, language=language or asked.language, posts=tuple(described) or asked.posts)
    concluded = tuple(f"{demand.obeyed(sentence)} [{ids}]" for sentence, ids in conclusions(user))
    asked = replace(asked, posts=asked.posts[:1] * len(concluded)) if concluded else asked
    said = tuple(filter(None, repeated)) or ratings(user) or concluded
    return _Pen(writer, usage, asked, dice, faults.fault, demand, said)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes the posts of one request; ``repeated`` is what a duplicate repeats."""

    writer: Writer
    usage: UsageLog
    asked: Asked
    dice: Random
    fault: str
    demand: Demand
    repeated: tuple[str, ...]

    def write(self, number: int) -> str:
        """Write the post with this number, one that was never written before when there is any left."""
        if self.repeated:
            return self.repeated[number % len(self.repeated)]
        post = self.asked.post(number)
        text = self._unwritten(post)
        while self.fault == "llm_over_long" and weighted_length(text) < self.asked.limit * OVER_LONG:
            text = f"{text} {self._unwritten(post)}"
        return self.demand.obeyed(text)

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
    """Return the call's own dice: another call draws otherwise, even for the same prompt and seed.

    A random word in the prompt changes nothing, so that runs can be repeated.
    """
    digest = hashlib.sha256(f"{call}\0{seed}\0{_RANDOM_WORD.sub('', prompt)}".encode()).digest()
    return Random(digest)  # noqa: S311 - for variety, not for secrets


def spoiled(body: bytes) -> bytes:
    """Return a body cut in the middle: no JSON any more."""
    return body[: len(body) // 2]
