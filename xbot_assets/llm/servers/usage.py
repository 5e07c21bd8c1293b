"""How many tokens an answer is billed, from whatever shape its server gives its usage.

OpenAI counts what a model thinks as part of ``completion_tokens``; xAI and Gemini do not: only their total shows it.
What cannot be read is ``None``: the caller books its worst case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Any

MICROUSD_PER_USD = 1_000_000
_TICKS_PER_MICROUSD = 10_000
"""xAI's ``cost_in_usd_ticks`` are 10,000,000,000 to the dollar."""
_PROMPT = (
    "prompt_tokens",
    "input_tokens",
    "promptTokens",
    "inputTokens",
    "promptTokenCount",
    "prompt_token_count",
    "prompt_eval_count",
)
_COMPLETION = (
    "completion_tokens",
    "output_tokens",
    "completionTokens",
    "outputTokens",
    "candidatesTokenCount",
    "candidates_token_count",
    "eval_count",
)
_THOUGHT = ("reasoning_tokens", "thinking_tokens", "reasoningTokens", "thoughtsTokenCount", "thoughts_token_count")
_TOTAL = ("total_tokens", "totalTokens", "totalTokenCount", "total_token_count")
_PLACES = (("usage",), ("usageMetadata",), ("x_groq", "usage"), ("choices", "usage"), ("usage", "usage"))
"""Where an answer has its usage; of a list, in its first entry."""
_TOKENS_MOST = 10**9
"""No context is of this size: what reads like one has been misread, and the books could not hold it."""
_USD_MOST = 10_000
"""For one answer; a server that names more has another unit in mind."""
_DIGITS = re.compile(r"[0-9]{1,15}(?:\.0*)?")
_CACHED = ("cached_tokens", "cache_write_tokens")
_CACHED_BESIDE = ("cache_read_input_tokens", "cache_creation_input_tokens")
"""Anthropic's words; where they are, ``input_tokens`` does not hold them."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is billed: tokens of the prompt, of the answer with its thinking, and of the thinking that shows in it.

    ``told_microusd`` is the price that the server itself names, 0 when it names none.
    """

    prompt: int | None = None
    completion: int | None = None
    thought: int = 0
    told_microusd: int = 0

    @property
    def is_known(self) -> bool:
        """Whether anything could be read."""
        return self.prompt is not None or self.completion is not None


NO_USAGE = Usage()


def usage_in(body: Mapping[str, Any]) -> Usage:
    """Return the usage of an answer; where two readings are possible, the dearer one."""
    given = next((place for path in _PLACES if _says_something(place := _at(body, path))), {})
    prompt, total = _first(given, _PROMPT), _first(given, _TOTAL)
    thought = max(_first(given, _THOUGHT) or 0, _detail(given, _COMPLETION, _THOUGHT))
    written = _first(given, _COMPLETION)
    completion = _completion(written, prompt, total, thought)
    if not prompt and not completion:
        return NO_USAGE  # an answer has tokens: zeros are fields that nobody filled
    return Usage(
        prompt=_prompt(given, prompt, total) or None,  # no prompt has no tokens: a 0 is a field that nobody filled
        completion=completion,
        thought=max(thought, (completion or 0) - written if written is not None else 0),
        told_microusd=_told(given),
    )


def _at(node: object, path: tuple[str, ...]) -> Mapping[str, Any]:
    for step in (*path, None):
        if isinstance(node, list):
            node = node[0] if len(node) == 1 else None
        if step is not None:
            node = node.get(step) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def _says_something(given: Mapping[str, Any]) -> bool:
    return any(_first(given, names) is not None for names in (_PROMPT, _COMPLETION, _TOTAL))


def _completion(written: int | None, prompt: int | None, total: int | None, thought: int) -> int | None:
    rest = total - prompt if total is not None and prompt is not None else None
    if written is None:
        return rest if rest is None or rest >= 0 else None
    # A part is never more than the whole; and without a total nobody can tell whether it is a part.
    beside = thought if total is None or thought > written else 0
    return max(written + beside, rest or 0)


def _prompt(given: Mapping[str, Any], prompt: int | None, total: int | None) -> int | None:
    written = _first(given, _COMPLETION)
    if prompt is None:
        return max(0, total - written) if total is not None and written is not None else None
    cached = sum(_detail(given, _PROMPT, (name,)) for name in _CACHED)
    beside = sum(_number(given.get(name)) or 0 for name in _CACHED_BESIDE if "prompt_tokens" not in given)
    return prompt + beside + (cached if cached > prompt else 0)


def _detail(given: Mapping[str, Any], of: tuple[str, ...], names: tuple[str, ...]) -> int:
    details = (given.get(f"{name}_details") for name in of)
    return max((_first(detail, names) or 0 for detail in details if isinstance(detail, Mapping)), default=0)


def _told(given: Mapping[str, Any]) -> int:
    """Read the price in the two forms whose unit is certain: xAI's, and OpenRouter's (US dollars)."""
    ticks = _whole(given.get("cost_in_usd_ticks"))
    if ticks is not None:
        microusd = ceil(ticks / _TICKS_PER_MICROUSD)
        return microusd if microusd <= _USD_MOST * MICROUSD_PER_USD else 0
    details = given.get("cost_details")
    if not isinstance(details, Mapping) and "is_byok" not in given:
        return 0
    upstream = details.get("upstream_inference_cost") if isinstance(details, Mapping) else None
    own = _dollars(given.get("cost"))
    return ceil((own + (_dollars(upstream) if given.get("is_byok") else 0.0)) * MICROUSD_PER_USD)


def _dollars(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _USD_MOST
    return float(str(value)) if is_number else 0.0


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    numbers = (_number(given.get(name)) for name in names)
    return next((number for number in numbers if number is not None), None)


def _number(value: object) -> int | None:
    """Return a count of tokens; some servers write it as 12.0 or "12"."""
    number = _whole(value)
    return number if number is None or number <= _TOKENS_MOST else None


def _whole(value: object) -> int | None:
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value.strip().partition(".")[0])
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        return None
    return int(value) if value == int(value) else None
