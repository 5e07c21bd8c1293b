"""What is left out of a request after each server's own words of refusal."""

import json
from dataclasses import replace

import pytest

from xbot_assets.domain.budget.dialects import AnswerRoom, Dialect, ThinkingRules, answer_room
from xbot_assets.llm.servers.errors import read_error
from xbot_assets.llm.servers.simpler import simpler

FIRST = Dialect(effort="none")
JSON = replace(FIRST, answer_format="json_object", spells_schema=True)


@pytest.mark.parametrize(
    ("status", "words", "left"),
    [
        (400, "This response_format type is unavailable now", JSON),
        (400, "'response_format.type' : value is not one of the allowed values ['text','json_object']", JSON),
        (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", JSON),
        (500, "failed to parse grammar from json_schema", JSON),
        (400, "Unknown name 'seed': Cannot find field.", replace(FIRST, takes_seed=False)),
        (400, "Unrecognized request argument supplied: reasoning_effort", replace(FIRST, effort=None)),
        (400, "Unsupported value: 'reasoning_effort' does not support 'none'. Supported values are: 'minimal', 'low'",
         replace(FIRST, effort="minimal")),
        (400, "Thinking cannot be disabled for this model.", replace(FIRST, effort="low")),
        (422, "max_completion_tokens: Extra inputs are not permitted", replace(FIRST, limit_name="max_tokens")),
        (400, "max_tokens is too large: 4640. This model supports at most 4096 completion tokens",
         replace(FIRST, allows_thinking=False)),
        (400, 'invalid think value: "none" (must be "high", "medium", "low", true, or false)',
         replace(FIRST, effort="low")),
        (400, "JSON-mode is not enabled for this model", JSON),
        (400, "Guided decoding is not available", JSON),
        (400, "max_completion_tokens must be <= 4096", replace(FIRST, allows_thinking=False)),
        (400, "max_tokens: 4640 > 4096, which is the maximum allowed number of output tokens",
         replace(FIRST, allows_thinking=False)),
        (400, "max_tokens cannot be greater than max_model_len (4096)", replace(FIRST, allows_thinking=False)),
        (400, "Range of max_tokens should be [1, 4096]", replace(FIRST, allows_thinking=False)),
        (400, "It has a maxOutputTokens value of 4640 but the supported range is from 1 to 4097",
         replace(FIRST, allows_thinking=False)),
        (400, "This model's maximum context length is 4096 tokens. However, you requested 6000 tokens",
         replace(FIRST, allows_thinking=False)),
    ],
)  # fmt: skip
def test_a_refusal_changes_what_it_is_about(status: int, words: str, left: Dialect) -> None:
    """And nothing else."""
    dialect = simpler(FIRST, read_error(status, {"error": {"message": words}}, words), {})
    assert dialect == left


@pytest.mark.parametrize("words", ["Invalid input", "unsupported parameter", "Extra inputs are not permitted"])
def test_a_refusal_that_names_nothing_leaves_everything_out_once(words: str) -> None:
    """The plainest request of all; refused again, there is nothing more to leave out."""
    told = read_error(400, {"error": {"message": words}}, words)
    plainest = simpler(FIRST, told, {})
    assert plainest == Dialect("text", True, "max_tokens", False, None, False)  # noqa: FBT003 - as a row
    assert simpler(plainest, told, {}) is None


@pytest.mark.parametrize(("status", "words"), [(400, "Invalid request."), (503, "seed nodes down"), (401, "seed")])
def test_a_refusal_about_something_else_changes_nothing(status: int, words: str) -> None:
    """Asking again would only cost time."""
    assert simpler(FIRST, read_error(status, {"error": {"message": words}}, words), {}) is None


def test_what_a_request_held_is_never_taken_for_what_is_refused() -> None:
    """Pydantic's errors repeat the input, here with every name in it."""
    body = {
        "detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "input": {"response_format": 1}}]
    }
    assert simpler(FIRST, read_error(422, body, json.dumps(body)), {}) == replace(FIRST, takes_seed=False)


def test_a_key_in_a_server_s_words_is_masked() -> None:
    """In the forms of several providers."""
    for key in ("sk-proj-abc_123", "gsk_abcdefgh12345678", "xai-abcdefgh12345678", "AIzaSyA1234567890"):
        assert key not in read_error(403, {"error": f"Key {key} may not do this"}, "").said()


RULES = ThinkingRules(allowance=4000, unknown=25_000)


@pytest.mark.parametrize(
    ("dialect", "may_think", "room"),
    [
        (Dialect(), False, AnswerRoom(640, 640)),
        (Dialect(), True, AnswerRoom(4640, 25_640)),
        (Dialect(allows_thinking=False), True, AnswerRoom(640, 25_640)),
        (Dialect(answered=True, most_completion=900), True, AnswerRoom(4640, 4640)),
        (Dialect(answered=True, most_completion=20_640, overran=True), True, AnswerRoom(4640, 30_960)),
        (Dialect(answered=True, most_completion=700, overran=True), False, AnswerRoom(640, 25_640)),
    ],
)
def test_what_a_model_may_think_is_put_aside(dialect: Dialect, may_think: bool, room: AnswerRoom) -> None:  # noqa: FBT001 - a table
    """All of it before it ever answered, its limit while it keeps that, and more once it passed it."""
    assert answer_room(640, dialect, RULES, may_think=may_think) == room
