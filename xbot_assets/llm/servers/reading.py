"""What is used of a completion's body, and nothing else: a field that nobody reads may hold or lack anything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xbot_assets.llm.failures import bad_answer
from xbot_assets.llm.servers.errors import ErrorAnswer, error_in
from xbot_assets.llm.servers.usage import Usage, usage_in

CUT = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "max_completion_tokens"})
"""Why an answer ended, in the words of several servers: its limit."""
FILTERED = frozenset({"content_filter", "safety", "recitation", "prohibited_content", "blocklist", "spii", "sensitive"})
"""A filter stopped it: OpenAI's word, Gemini's and Zhipu's."""
BROKEN = frozenset({"error", "insufficient_system_resource"})
"""The server gave up: OpenRouter's word and DeepSeek's."""
DECLINED = frozenset({"refusal"})


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
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise bad_answer("The model's answer is not of the form that was asked for.") from error
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        raise bad_answer("The model's answer is not of the form that was asked for.")
    choice, message = _choice(body)
    return Reading(
        usage=usage_in(body),
        model=_text(body.get("model")) or None,
        finish=_text(choice.get("finish_reason")).lower(),
        content=_content(message.get("content")),
        refusal=_text(message.get("refusal")),
        has_choice=bool(choice),
        error=error_in(body),
    )


def _choice(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else {}
    choice = choice if isinstance(choice, Mapping) else {}
    message = choice.get("message")
    return choice, message if isinstance(message, Mapping) else {}


def _content(value: object) -> str:
    """Return the words of a message: a string, or parts of which some are thoughts."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    parts = (part for part in value if isinstance(part, Mapping) and part.get("type") in {"text", "output_text"})
    return "".join(_text(part.get("text")) for part in parts)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
