"""The answer in a body, in the shapes that servers give it; each with its right value."""

import json
from typing import Any

import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.llm.answers import texts_of
from xbot_assets.llm.servers.errors import AnswerError, read_error
from xbot_assets.llm.servers.failures import classify
from xbot_assets.llm.servers.reading import read_completion

ANSWER = json.dumps({"posts": [{"number": 1, "text": "Right."}]})
DRAFT = json.dumps({"posts": [{"number": 1, "text": "Only a draft."}]})
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
LIMIT = 1_000


def body(message: dict[str, Any], finish: object = "stop") -> bytes:
    """Make a body with one message."""
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}], "usage": USAGE}).encode()


def stream(*parts: object) -> bytes:
    """Make the events of a stream."""
    lines = [": OPENROUTER PROCESSING", *(f"data: {json.dumps(part)}" for part in parts), "data: [DONE]", ""]
    return "\n\n".join(lines).encode()


@pytest.mark.parametrize(
    "message",
    [
        {"content": json.loads(ANSWER)},
        {"content": {"type": "text", "text": ANSWER}},
        {"content": [ANSWER]},
        {"content": [{"text": ANSWER}]},
        {"content": [{"type": "thinking", "thinking": DRAFT}, {"type": "text", "text": ANSWER}]},
        {"content": None, "tool_calls": [{"type": "function", "function": {"name": "posts", "arguments": ANSWER}}]},
        {"content": None, "function_call": {"name": "posts", "arguments": ANSWER}},
        {"content": None, "parsed": json.loads(ANSWER)},
        {"content": None, "reasoning_content": ANSWER},
        {"content": ANSWER, "reasoning_content": DRAFT},
        {"content": json.dumps(ANSWER)},
        {"content": f"```json\n{ANSWER}\n```"},
        {"content": f"The form is {DRAFT}, so:\n{ANSWER}\nEnjoy!"},
        {"content": '{"number": 1, "text": "Right."}'},
        {"content": '{"posts": {"1": "Right."}}'},
        {"content": '{"posts": ["Right."]}'},
        {"content": '{"Posts": [{"Number": "1.", "Text": "Right."}]}'},
        {"content": '{"tweets": [{"tweet": "Right."}]}'},
        {"content": '{"post": "Right."}'},
        {"content": '{"name": "posts", "parameters": {"posts": [{"number": 1, "text": "Right."}]}}'},
        {"content": '{"type": "object", "properties": {"posts": [{"number": 1, "text": "Right."}]}}'},
        {"content": ANSWER.replace(" ", "\u00a0")},
        {"content": ANSWER.replace("Right", "\\Right")},
        {"content": f"<tool_call>{ANSWER}</tool_call>"},
        {"content": f"<|begin_of_box|>{ANSWER}<|end_of_box|>"},
    ],
)
def test_the_answer_is_found_wherever_a_message_holds_it(message: dict[str, Any]) -> None:
    """What stands before it are thoughts, or the form that was asked for."""
    assert texts_of(read_completion(body(message)), 1, LIMIT) == ("Right.",)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("<think>", "</think>"),
        ("<thought>", "</thought>"),
        ("<thoughts >", "</thoughts>"),
        ("<seed:think>", "</seed:think>"),
        ("<analysis>", "</analysis>"),
        ("<scratchpad>", "</scratchpad>"),
        ("<|think|>", "<|/think|>"),
        ("<|START_THINKING|>", "<|END_THINKING|>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"),
        ("[THINK]", "[/THINK]"),
        ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
        ("<unused94>thought", "<unused95>"),
        ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ],
)
def test_a_draft_among_a_model_s_thoughts_is_never_taken(begin: str, end: str) -> None:
    """Nor when the answer after it is cut off: then there is none."""
    whole = body({"content": f"{begin}Perhaps {DRAFT}? No.{end}{ANSWER}"})
    assert texts_of(read_completion(whole), 1, LIMIT) == ("Right.",)
    with pytest.raises(ProductError) as caught:
        texts_of(read_completion(body({"content": f"{begin}Perhaps {DRAFT}{end}{ANSWER[:20]}"})), 1, LIMIT)
    assert caught.value.code is FailureCode.BAD_ANSWER


def test_a_line_break_that_was_not_escaped_is_part_of_the_text() -> None:
    """Models that are not held to a grammar write them."""
    content = '{"posts": [{"number": 1, "text": "One.\nTwo."}]}'
    assert texts_of(read_completion(body({"content": content})), 1, LIMIT) == ("One.\nTwo.",)


def test_a_number_in_the_place_of_a_text_is_its_digits() -> None:
    """As in a judgement from 0 to 10."""
    content = '{"posts": [{"number": 1, "text": 7}, {"number": 2, "text": "8"}]}'
    assert texts_of(read_completion(body({"content": content})), 2, LIMIT) == ("7", "8")


def test_an_apostrophe_that_was_escaped_is_an_apostrophe() -> None:
    """JSON knows no such escape, and many a model writes it."""
    content = '{"posts": [{"number": 1, "text": "It\\\'s \\"C\\#\\", \\u00e9\\n."}]}'
    assert texts_of(read_completion(body({"content": content})), 1, LIMIT) == ('It\'s "C#", é\n.',)


CHOICE = {"message": {"content": ANSWER}, "finish_reason": "stop"}


@pytest.mark.parametrize(
    "given",
    [
        {"choices": [{"delta": {"content": ANSWER}}]},
        {"choices": [{"text": ANSWER}]},
        {"choices": [{"message": ANSWER}]},
        {"choices": {"0": CHOICE}},
        {"choices": CHOICE},
        {"data": {"choices": [CHOICE]}, "code": 0, "message": "success"},
        {"result": {"choices": [CHOICE]}, "success": True},
        {"choices": [CHOICE], "error": {"code": 0, "message": ""}},
        {"choices": [CHOICE], "error": {"code": "success"}},
        {"choices": [CHOICE], "base_resp": {"status_code": 0, "status_msg": "success"}},
    ],
)
def test_an_answer_is_read_in_the_shapes_of_gateways(given: dict[str, Any]) -> None:
    """A stream's part, an old API's text, an object in an object, an error that says all went well."""
    reading = read_completion(json.dumps({**given, "usage": USAGE}).encode())
    assert reading.error is None
    assert texts_of(reading, 1, LIMIT) == ("Right.",)
    assert (reading.usage.prompt, reading.usage.completion) == (10, 5)


@pytest.mark.parametrize(
    "raw",
    [
        b"id: 1\nevent: message\ndata: %s\n\n",
        b"retry: 3000\r\ndata:%s\r\n\r\ndata:[DONE]\r\n",
        b'data: %s\n\ndata: {"choi',
        b"%s\n[DONE]",
        b"%s\n{}\n",
        b"\n\n %s",
        b"\xef\xbb\xbf%s",
    ],
)
def test_what_stands_around_an_answer_s_json_does_not_matter(raw: bytes) -> None:
    """Other fields of events, an end that was cut, blank lines to keep the connection, a byte-order mark."""
    reading = read_completion(raw % body({"content": ANSWER}))
    assert texts_of(reading, 1, LIMIT) == ("Right.",)
    assert reading.usage.is_known


def test_a_stream_without_events_is_put_together() -> None:
    """One part a line."""
    parts = [{"choices": [{"delta": {"content": text}}]} for text in (ANSWER[:9], ANSWER[9:])]
    raw = "\n".join(json.dumps(part) for part in [*parts, {"choices": [], "usage": USAGE}]).encode()
    assert texts_of(read_completion(raw), 1, LIMIT) == ("Right.",)


def test_what_the_books_cannot_hold_never_reaches_them() -> None:
    """A NUL in a name or a sentence, and a number that no column takes, would lose the bill."""
    huge = {"prompt_tokens": 10**30, "completion_tokens": 5, "cost_in_usd_ticks": 10**40}
    given = {"model": "m\x00\ud800" + "x" * 500, "choices": [CHOICE], "usage": huge}
    reading = read_completion(json.dumps(given).encode())
    assert reading.model == "m" + "x" * 199
    assert (reading.usage.prompt, reading.usage.completion, reading.usage.told_microusd) == (None, 5, 0)
    assert read_error(500, {"error": "no\x00\ud800 way"}, "").said() == "no way"


def test_a_stream_that_nobody_asked_for_is_put_together() -> None:
    """Its usage is in the last part."""
    half = len(ANSWER) // 2
    deltas = [{"choices": [{"delta": {"content": text}}]} for text in ("", ANSWER[:half], ANSWER[half:])]
    last = {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": None}
    reading = read_completion(stream(*deltas, last, {"choices": [], "usage": USAGE}))
    assert texts_of(reading, 1, LIMIT) == ("Right.",)
    assert (reading.usage.prompt, reading.usage.completion) == (10, 5)
    failed = read_completion(stream({"error": {"message": "Overloaded", "code": 503}}))
    assert failed.error is not None
    assert failed.error.status == 503


@pytest.mark.parametrize(
    "raw", [b"[" * 200_000, b'{"a":' * 200_000, b"<html>Bad gateway</html>", b"", b"\x1f\x8b\x08", b"data: {"]
)
def test_a_body_that_is_no_json_is_a_bad_answer(raw: bytes) -> None:
    """However deep it is nested."""
    with pytest.raises(ProductError) as caught:
        read_completion(raw)
    assert caught.value.code is FailureCode.BAD_ANSWER


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"errors": [{"message": "boom"}]}, FailureCode.SERVER_ERROR),
        ({"detail": "Not now"}, FailureCode.SERVER_ERROR),
        ({"message": "Unavailable", "code": 503}, FailureCode.SERVER_ERROR),
        ({"success": False, "message": "no credit", "code": 402}, FailureCode.INSUFFICIENT_QUOTA),
        ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, FailureCode.INSUFFICIENT_QUOTA),
        ({"error": {"message": "slow down", "code": "429"}}, FailureCode.RATE_LIMITED),
        ({"error": "model overloaded", "choices": None}, FailureCode.SERVER_ERROR),
        ({"type": "error", "error": {"type": "rate_limit_error", "message": "slow"}}, FailureCode.RATE_LIMITED),
        ({"type": "error", "error": {"type": "authentication_error", "message": "no"}}, FailureCode.INVALID_API_KEY),
        ({"type": "error", "error": {"type": "permission_error", "message": "no"}}, FailureCode.ACCESS_DENIED),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}, FailureCode.SERVER_ERROR),
        ({"error": {"status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded"}}, FailureCode.RATE_LIMITED),
        ({"error": {"status": "UNAUTHENTICATED", "message": "no"}}, FailureCode.INVALID_API_KEY),
        ({"error": {"type": "invalid_request_error", "message": "bad"}}, FailureCode.BAD_REQUEST),
        ({"base_resp": {"status_code": 1004, "status_msg": "login fail"}}, FailureCode.INVALID_API_KEY),
        ({"base_resp": {"status_code": 1002, "status_msg": "slow"}, "choices": None}, FailureCode.RATE_LIMITED),
    ],
)
def test_an_error_under_status_200_is_an_error_whatever_it_is_called(given: dict[str, Any], code: FailureCode) -> None:
    """It is no answer, and is not billed as one."""
    reading = read_completion(json.dumps(given).encode())
    assert reading.error is not None
    assert not reading.has_choice
    assert classify(AnswerError(reading.error)).code is code


@pytest.mark.parametrize(
    ("finish", "code"),
    [
        ("MAX_TOKENS", FailureCode.ANSWER_CUT),
        ("model_context_window_exceeded", FailureCode.ANSWER_CUT),
        ("guardrail_intervened", FailureCode.CONTENT_FILTER),
        ("SAFETY", FailureCode.CONTENT_FILTER),
        ("max-tokens", FailureCode.ANSWER_CUT),
        ("FinishReason.MAX_TOKENS", FailureCode.ANSWER_CUT),
        ("FINISH_REASON_SAFETY", FailureCode.CONTENT_FILTER),
        ("IMAGE_SAFETY", FailureCode.CONTENT_FILTER),
        ("content-filter", FailureCode.CONTENT_FILTER),
        ("timeout", FailureCode.SERVER_ERROR),
        ("network_error", FailureCode.SERVER_ERROR),
        (3, FailureCode.BAD_ANSWER),
    ],
)
def test_the_words_for_an_end_of_many_servers_are_known(finish: object, code: FailureCode) -> None:
    """One that nobody knows says nothing."""
    with pytest.raises(ProductError) as caught:
        texts_of(read_completion(body({"content": ANSWER[:20]}, finish)), 1, LIMIT)
    assert caught.value.code is code


@pytest.mark.parametrize("name", ["native_finish_reason", "stop_reason", "done_reason", "finishReason"])
def test_an_end_told_under_another_name_is_read(name: str) -> None:
    """Where the usual field is null."""
    choice = {"message": {"content": ANSWER[:20]}, "finish_reason": None, name: "max_tokens"}
    with pytest.raises(ProductError) as caught:
        texts_of(read_completion(json.dumps({"choices": [choice], "usage": USAGE}).encode()), 1, LIMIT)
    assert caught.value.code is FailureCode.ANSWER_CUT


def test_a_refusal_among_the_parts_of_a_message_is_one() -> None:
    """It is no empty answer, which would be asked for again."""
    with pytest.raises(ProductError) as caught:
        texts_of(read_completion(body({"content": [{"type": "refusal", "refusal": "No."}]})), 1, LIMIT)
    assert caught.value.code is FailureCode.REFUSED


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "Content Exists Risk"),
        (403, 'Your chosen model requires moderation and your input was flagged for "violence".'),
        (400, "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."),
    ],
)
def test_a_filter_s_refusal_is_not_taken_for_one_of_the_key(status: int, sentence: str) -> None:
    """Each remedy helps: the persona's words here, the key's rights there."""
    told = read_error(status, {"error": {"message": sentence, "code": status}}, "")
    failure = classify(AnswerError(told))
    assert (failure.code, failure.kind) == (FailureCode.CONTENT_FILTER, FailureKind.PERMANENT)
