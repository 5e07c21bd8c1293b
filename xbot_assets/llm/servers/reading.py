"""What is used of a completion's body, and nothing else: a field that nobody reads may hold or lack anything."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xbot_assets.domain.posts.presentable import storable
from xbot_assets.llm.servers.bodies import body_of
from xbot_assets.llm.servers.errors import ErrorAnswer, error_in
from xbot_assets.llm.servers.failures import bad_answer
from xbot_assets.llm.servers.usage import Usage, usage_in

CUT = frozenset(
    {
        "length", "max_tokens", "model_length", "max_output_tokens", "max_completion_tokens", "max_length",
        "token_limit", "model_context_window_exceeded",
    }
)  # fmt: skip
"""Why an answer ended, in the words of several servers: its limit."""
FILTERED = frozenset(
    {
        "content_filter", "content_filtered", "safety", "recitation", "prohibited_content", "blocklist", "spii",
        "sensitive", "guardrail_intervened", "image_safety", "moderation", "flagged", "blocked",
    }
)  # fmt: skip
"""A filter stopped it: OpenAI's word, Gemini's, Zhipu's and Bedrock's."""
BROKEN = frozenset(
    {"error", "insufficient_system_resource", "network_error", "abort", "aborted", "error_finish", "timeout"}
)
"""The server gave up: OpenRouter's word, DeepSeek's, Zhipu's, vLLM's and others'."""
DECLINED = frozenset({"refusal"})
_ENDS = ("finish_reason", "native_finish_reason", "stop_reason", "done_reason", "finishReason")
_END_PREFIX = re.compile(r"^finish_?reason[._]")
"""As enumerations are printed: ``FinishReason.MAX_TOKENS``, ``FINISH_REASON_SAFETY``."""
_MODEL_CHARS = 200
_TEXT_TYPES = frozenset({"text", "output_text"})
_THOUGHTS = ("reasoning_content", "reasoning")


@dataclass(frozen=True, slots=True)
class Reading:
    """A completion as it is used. ``finish`` is why it ended, in lower case; empty when the server does not say."""

    usage: Usage
    model: str | None = None
    finish: str = ""
    content: str = ""
    refusal: str = ""
    has_choice: bool = False
    error: ErrorAnswer | None = None


def read_completion(raw: bytes) -> Reading:
    """Read a body; the usage is there whatever the rest is like.

    Raises:
        TransientFailure: ``bad_answer``; it is no JSON object.
    """
    body = body_of(raw)
    if body is None:
        raise bad_answer("The model's answer is not of the form that was asked for.")
    choice, message = _choice(body)
    return Reading(
        usage=usage_in(body),
        model=storable(_text(body.get("model")))[:_MODEL_CHARS] or None,
        finish=_end(choice),
        content=_written(message),
        refusal=_text(message.get("refusal")) or _refusal_part(message.get("content")),
        has_choice=bool(choice),
        error=error_in(body),
    )


def _choice(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    choices = body.get("choices")
    if isinstance(choices, Mapping):
        choices = [choices.get("0", choices)]
    choice = choices[0] if isinstance(choices, list) and choices else {}
    choice = choice if isinstance(choice, Mapping) else {}
    message = choice.get("message") or choice.get("delta") or choice.get("text")
    if isinstance(message, str):
        message = {"content": message}
    return choice, message if isinstance(message, Mapping) else {}


def _end(choice: Mapping[str, Any]) -> str:
    told = next((word for name in _ENDS if (word := _text(choice.get(name)))), "")
    return _END_PREFIX.sub("", told.strip().lower().replace("-", "_"))


def _refusal_part(content: object) -> str:
    parts = content if isinstance(content, list) else ()
    return "".join(_text(part.get("refusal")) for part in parts if isinstance(part, Mapping))


def _written(message: Mapping[str, Any]) -> str:
    """Return the answer in a message, from the first of the places that hold one.

    Some servers make JSON by calling a function, and some put an answer without thoughts where thoughts belong.
    """
    calls = message.get("tool_calls")
    call = calls[0] if isinstance(calls, list) and calls and isinstance(calls[0], Mapping) else {}
    called = call.get("function") or message.get("function_call")
    places = (
        message.get("content"),
        message.get("parsed"),
        called.get("arguments") if isinstance(called, dict) else None,
    )
    written = next((text for text in map(_content, places) if text.strip()), "")
    return written or next(filter(_is_object, (_text(message.get(name)) for name in _THOUGHTS)), "")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _content(value: object) -> str:
    """Return the words of a message: a string, an object that was read already, or parts of which some are thoughts."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _text(value["text"]) if value.get("type") in _TEXT_TYPES else json.dumps(value) if value else ""
    parts = value if isinstance(value, list) else ()
    return "".join(part if isinstance(part, str) else _part(part) for part in parts)


def _part(part: object) -> str:
    return _text(part.get("text")) if isinstance(part, Mapping) and part.get("type", "text") in _TEXT_TYPES else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
