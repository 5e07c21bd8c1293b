"""What an answer is billed, from the usages of many servers; each with its right value."""

from typing import Any

import pytest

from xbot_assets.llm.servers.usage import NO_USAGE, Usage, usage_in


def usage(**given: Any) -> Usage:  # noqa: ANN401 - JSON
    """Read one usage."""
    return usage_in({"usage": given})


def details(thought: object) -> dict[str, object]:
    """Make OpenAI's details."""
    return {"completion_tokens_details": {"reasoning_tokens": thought}}


@pytest.mark.parametrize(
    ("given", "billed", "thought"),
    [
        ({"prompt_tokens": 100, "completion_tokens": 60, "total_tokens": 160}, (100, 60), 0),
        ({"prompt_tokens": 100, "completion_tokens": 60, "total_tokens": 160, **details(40)}, (100, 60), 40),
        ({"prompt_tokens": 100, "completion_tokens": 60, "total_tokens": 20_160}, (100, 20_060), 20_000),
        ({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135, **details(94)}, (32, 103), 94),
        ({"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12, **details(317)}, (10, 319), 317),
        ({"prompt_tokens": 10, "completion_tokens": 50, **details(30)}, (10, 80), 30),
        ({"prompt_tokens": 10, "completion_tokens": 50, "reasoning_tokens": 70, "total_tokens": 60}, (10, 120), 70),
        ({"prompt_tokens": 10, "total_tokens": 60}, (10, 50), 0),
        ({"completion_tokens": 10, "total_tokens": 60}, (50, 10), 0),
        ({"prompt_tokens": 10, "completion_tokens": 50, "total_tokens": 40}, (10, 50), 0),
        ({"prompt_tokens": 10.0, "completion_tokens": "50", "total_tokens": None}, (10, 50), 0),
        ({"prompt_tokens": 10, "completion_tokens": 50, "completion_tokens_details": None}, (10, 50), 0),
        ({"input_tokens": 10, "output_tokens": 50, "output_tokens_details": {"reasoning_tokens": 60}}, (10, 110), 60),
        ({"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 90}, (100, 5), 0),
        ({"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 8}}, (10, 5), 0),
        ({"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 90}}, (100, 5), 0),
        ({"prompt_tokens": "10.0", "completion_tokens": " 5 "}, (10, 5), 0),
        ({"promptTokens": 10, "completionTokens": 5, "totalTokens": 15}, (10, 5), 0),
        (
            {"promptTokenCount": 10, "candidatesTokenCount": 5, "thoughtsTokenCount": 20, "totalTokenCount": 35},
            (10, 25),
            20,
        ),
        ({"usage": {"prompt_tokens": 10, "completion_tokens": 5}}, (10, 5), 0),
        ({"inputTokens": 10, "outputTokens": 5, "totalTokens": 905, "reasoningTokens": 900}, (10, 905), 900),
        (
            {"prompt_token_count": 10, "candidates_token_count": 5, "thoughts_token_count": 900},
            (10, 905),
            900,
        ),
    ],
)
def test_the_dearer_reading_of_a_usage_is_billed(given: dict[str, Any], billed: tuple[int, int], thought: int) -> None:
    """Thinking inside the completion, beside it, in the total alone, and what a server leaves out."""
    dearer = usage(**given)
    assert (dearer.prompt, dearer.completion) == billed
    assert dearer.thought == thought


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"prompt_tokens": -1, "completion_tokens": True},
        {"prompt_tokens": "many", "completion_tokens": 1.5},
        {"prompt_tokens": 0, "completion_tokens": None},
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        {"total_tokens": 60},
        {"prompt_tokens": 10**12, "completion_tokens": 10**30},
        {"prompt_tokens": float("nan"), "completion_tokens": float("inf")},
    ],
)
def test_what_cannot_be_read_is_absent(given: dict[str, Any]) -> None:
    """The caller then books its worst case; nothing is guessed, and no prompt has no tokens."""
    assert not usage(**given).is_known


@pytest.mark.parametrize("body", [{}, {"usage": None}, {"usage": []}, {"usage": 3}, {"x_groq": None}])
def test_an_answer_without_a_usage_has_none(body: dict[str, Any]) -> None:
    """A usage in Groq's own field counts."""
    assert usage_in(body) == NO_USAGE
    assert usage_in(body | {"x_groq": {"usage": {"prompt_tokens": 3, "completion_tokens": 4}}}).prompt == 3


@pytest.mark.parametrize(
    ("given", "microusd"),
    [
        ({"cost_in_usd_ticks": 232_856_000}, 23_286),
        ({"cost": 0.00042, "is_byok": False, "cost_details": {"upstream_inference_cost": None}}, 420),
        ({"cost": 0.00002, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.0004}}, 420),
        ({"cost": 12}, 0),
        ({"cost": {"total": 1}, "is_byok": False}, 0),
        ({"cost": 1e300, "is_byok": False}, 0),
        ({"cost": float("nan"), "is_byok": False}, 0),
        ({"cost_in_usd_ticks": 10**40}, 0),
    ],
)
def test_a_price_is_read_where_its_unit_is_certain(given: dict[str, Any], microusd: int) -> None:
    """XAI's ticks and OpenRouter's dollars; a bare number may be anything."""
    assert usage(prompt_tokens=1, completion_tokens=1, **given).told_microusd == microusd


@pytest.mark.parametrize(
    "body",
    [
        {"usage": [{"prompt_tokens": 10, "completion_tokens": 5}]},
        {"usage": None, "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5}},
        {"usage": {}, "x_groq": {"usage": {"prompt_tokens": 10, "completion_tokens": 5}}},
        {"choices": [{"usage": {"prompt_tokens": 10, "completion_tokens": 5}}]},
    ],
)
def test_usage_is_read_where_a_server_puts_it(body: dict[str, Any]) -> None:
    """Groq's own place, Gemini's, Moonshot's, and a list."""
    read = usage_in(body)
    assert (read.prompt, read.completion) == (10, 5)
