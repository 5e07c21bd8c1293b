"""The body of each server's answer, with what it has too much, what it lacks, and where it puts thoughts."""

from xbot_assets.sandbox.llm.dialects.said import Body, Said, Usage

_PASSED = {"filtered": False, "severity": "safe"}


def counted(said: Said) -> Usage:
    """OpenAI's usage: thoughts are a part of the completion."""
    return {
        "prompt_tokens": said.prompt,
        "completion_tokens": said.written + said.thought,
        "total_tokens": said.all_tokens,
        "completion_tokens_details": {"reasoning_tokens": said.thought, "audio_tokens": 0},
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    }


def _plain(said: Said) -> Usage:
    total = said.all_tokens
    return {"prompt_tokens": said.prompt, "completion_tokens": total - said.prompt, "total_tokens": total}


def _body(said: Said, message: Body, usage: Usage, *, finish: str | None) -> Body:
    return {
        "id": f"chatcmpl-{said.number:08x}",
        "object": "chat.completion",
        "created": said.created,
        "model": said.model,
        "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}],
        "usage": usage,
    }


def openai(said: Said) -> Body:
    """A tier of service that no client knows yet."""
    message: Body = {"content": said.text, "refusal": None, "annotations": []}
    body = _body(said, message, counted(said), finish=said.finish())
    return body | {"service_tier": "scale_flex", "system_fingerprint": None}


def azure(said: Said) -> Body:
    """The verdicts of its filters beside everything."""
    body = _body(said, {"content": said.text, "refusal": None}, counted(said), finish=said.finish())
    body["choices"][0]["content_filter_results"] = {"hate": _PASSED, "violence": _PASSED}
    return body | {"prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {"hate": _PASSED}}]}


def openrouter(said: Said) -> Body:
    """No index; the provider's own word for the end, and a price."""
    message: Body = {"content": said.text, "refusal": None, "reasoning": said.thoughts}
    usage = counted(said) | {"is_byok": False, "cost": 0, "cost_details": {"upstream_inference_cost": None}}
    body = _body(said, message, usage, finish=said.finish())
    choice = body["choices"][0]
    del choice["index"]
    choice["native_finish_reason"] = "max_output_tokens" if said.is_cut else "completed"
    return body | {"provider": "Example", "object": "chat.completion"}


def groq(said: Said) -> Body:
    """Times in the usage, and its own tier of service."""
    message: Body = {"content": said.text, "reasoning": said.thoughts}
    usage = _plain(said) | {"queue_time": 0.041, "prompt_time": 0.0062, "total_time": 0.31}
    usage["completion_tokens_details"] = {"reasoning_tokens": said.thought}
    body = _body(said, message, usage, finish=said.finish())
    return body | {"x_groq": {"id": "req_01sandbox"}, "service_tier": "on_demand"}


def xai(said: Said) -> Body:
    """Thoughts are billed beside the completion: only the total has them."""
    usage: Usage = {
        "prompt_tokens": said.prompt,
        "completion_tokens": said.written,
        "total_tokens": said.all_tokens,
        "completion_tokens_details": {"reasoning_tokens": said.thought, "audio_tokens": 0},
        "num_sources_used": 0,
    }
    return _body(said, {"content": said.text, "reasoning_content": said.thoughts}, usage, finish=said.finish())


def mistral(said: Said) -> Body:
    """Content in parts, of which the first are thoughts; another word for the limit."""
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": said.thoughts}]}
    message: Body = {"content": [thinking, {"type": "text", "text": said.text}], "tool_calls": None, "prefix": False}
    return _body(said, message, _plain(said), finish=said.finish("model_length"))


def deepseek(said: Said) -> Body:
    """Thoughts in a field of their own, and what the cache had."""
    message: Body = {"content": said.text, "reasoning_content": said.thoughts}
    usage = counted(said) | {"prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": said.prompt}
    return _body(said, message, usage, finish=said.finish())


def vllm(said: Said) -> Body:
    """Thoughts in the content, as without a reasoning parser; a date with a fraction."""
    content = f"<think>\n{said.thoughts}\n</think>\n\n{said.text}"
    body = _body(said, {"content": content, "tool_calls": []}, _plain(said), finish=said.finish())
    body["choices"][0] |= {"stop_reason": None, "logprobs": None}
    return body | {"created": said.created + 0.25, "prompt_logprobs": None, "kv_transfer_params": None}


def ollama(said: Said) -> Body:
    """A fence and a sentence around the JSON; no reason for the end."""
    content = f"Here are your posts:\n\n```json\n{said.text}\n```\n\nI hope that helps!"
    return _body(said, {"content": content}, _plain(said), finish=None) | {"system_fingerprint": "fp_ollama"}


def gemini(said: Said) -> Body:
    """Neither id nor object; thoughts only in the total, and no details."""
    usage = {"prompt_tokens": said.prompt, "completion_tokens": said.written, "total_tokens": said.all_tokens}
    message: Body = {"content": said.text, "extra_content": {"google": {"thought_signature": "c2FuZGJveA=="}}}
    body = _body(said, message, usage, finish=said.finish("MAX_TOKENS"))
    del body["id"], body["object"]
    return body


def anthropic(said: Said) -> Body:
    """A fence, since the form that was asked for is ignored."""
    usage = _plain(said) | {"completion_tokens_details": None, "prompt_tokens_details": None}
    content = f"```json\n{said.text}\n```"
    return _body(said, {"content": content, "refusal": None}, usage, finish=said.finish()) | {"service_tier": None}
