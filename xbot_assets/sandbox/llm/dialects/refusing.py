"""How each server refuses a parameter that it does not take: its own words and body."""

from typing import Any

from xbot_assets.sandbox.llm.dialects.said import Refusal, Sent

BAD_REQUEST, UNPROCESSABLE = 400, 422


def format_of(sent: Sent) -> str:
    """Return the form that a request asks for; empty for none."""
    wanted = sent.get("response_format")
    return str(wanted.get("type", "")) if isinstance(wanted, dict) else ""


def _error(message: str, param: str | None = None, code: str | None = None) -> Any:  # noqa: ANN401 - JSON
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def openai(sent: Sent) -> Refusal | None:
    """Refuse the old name of the limit, and an effort that the model does not know."""
    if "max_tokens" in sent:
        words = "Unsupported parameter: 'max_tokens' is not supported with this model. "
        return BAD_REQUEST, _error(
            words + "Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter"
        )
    effort = sent.get("reasoning_effort", "medium")
    if effort in {"low", "medium", "high", "xhigh"}:
        return None
    words = f"Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. "
    taken = "Supported values are: 'low', 'medium', 'high', and 'xhigh'."
    return BAD_REQUEST, _error(words + taken, "reasoning_effort", "unsupported_value")


def azure(sent: Sent) -> Refusal | None:
    """Refuse what an older model of the deployment does not know."""
    if "reasoning_effort" not in sent:
        return None
    return BAD_REQUEST, _error("Unrecognized request argument supplied: reasoning_effort")


def groq(sent: Sent) -> Refusal | None:
    """Refuse schemas, and an effort that is not gpt-oss's."""
    if format_of(sent) == "json_schema":
        words = "This model does not support response format `json_schema`. See supported models in the documentation"
        return BAD_REQUEST, {"error": {"message": words, "type": "invalid_request_error", "param": "response_format"}}
    if sent.get("reasoning_effort", "low") not in {"low", "medium", "high"}:
        words = "`reasoning_effort` must be one of `low`, `medium`, or `high`"
        return BAD_REQUEST, {"error": {"message": words, "type": "invalid_request_error"}}
    return None


def xai(sent: Sent) -> Refusal | None:
    """Refuse any effort: the model thinks as it likes."""
    if "reasoning_effort" not in sent:
        return None
    words = f"Model {sent['model']} does not support parameter reasoningEffort."
    return BAD_REQUEST, {"code": "Client specified an invalid argument", "error": words}


def mistral(sent: Sent) -> Refusal | None:
    """Refuse every name that it does not know, all at once."""
    unknown = [name for name in ("max_completion_tokens", "seed", "reasoning_effort") if name in sent]
    if not unknown:
        return None
    detail = [
        {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted", "input": sent[name]}
        for name in unknown
    ]
    body = {"object": "error", "message": {"detail": detail}, "type": "invalid_request_error", "raw_status_code": 422}
    return UNPROCESSABLE, body


def deepseek(sent: Sent) -> Refusal | None:
    """Refuse schemas, and JSON that the prompt does not speak of; other names are ignored."""
    if format_of(sent) == "json_schema":
        words = "This response_format type is unavailable now"
        return BAD_REQUEST, _error(words, code="invalid_request_error")
    if format_of(sent) == "json_object" and "json" not in _prompt(sent).lower():
        words = "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'."
        return BAD_REQUEST, _error(words, code="invalid_request_error")
    return None


def vllm(sent: Sent) -> Refusal | None:
    """Refuse efforts as pydantic does, and a limit that its context has no room for."""
    if sent.get("reasoning_effort", "low") not in {"low", "medium", "high"}:
        words = (
            "1 validation error for ChatCompletionRequest\nreasoning_effort\n"
            "  Input should be 'low', 'medium' or 'high' "
            f"[type=literal_error, input_value={sent['reasoning_effort']!r}, input_type=str]"
        )
        return BAD_REQUEST, _vllm(words)
    limit = int(sent.get("max_completion_tokens") or sent.get("max_tokens") or 0)
    if limit > _VLLM_MOST:
        words = (
            f"'max_tokens' or 'max_completion_tokens' is too large: {limit}. This model's maximum context length is "
            f"{_VLLM_MOST} tokens."
        )
        return BAD_REQUEST, _vllm(words)
    return None


_VLLM_MOST = 4096


def _vllm(message: str) -> dict[str, Any]:
    return {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": BAD_REQUEST}


def gemini(sent: Sent) -> Refusal | None:
    """Refuse a seed by its name on the wire, and an effort of none: in a list, as Google does."""
    if "seed" in sent:
        return BAD_REQUEST, _google('Invalid JSON payload received. Unknown name "seed": Cannot find field.')
    if sent.get("reasoning_effort") == "none":
        return BAD_REQUEST, _google("Budget 0 is invalid. This model only works in thinking mode.")
    return None


def _google(message: str) -> list[Any]:
    return [{"error": {"code": BAD_REQUEST, "message": message, "status": "INVALID_ARGUMENT"}}]


def nothing(sent: Sent) -> Refusal | None:
    """Take everything, or ignore it."""
    del sent
    return None


def _prompt(sent: Sent) -> str:
    messages: list[Any] = sent.get("messages") or []
    return " ".join(str(message.get("content")) for message in messages if isinstance(message, dict))
