"""Every exception of the SDK, built as the SDK builds it, becomes the right failure."""

from datetime import UTC, datetime

import httpx2
import openai
import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure, ProductError, TransientFailure
from xbot_assets.llm.servers.errors import AnswerError, error_in
from xbot_assets.llm.servers.failures import classify, may_have_been_billed

REQUEST = httpx2.Request("POST", "https://api.example/v1/chat/completions")
QUOTA, NO_MODEL = "insufficient_quota", "model_not_found"
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def status_error(status: int, error: object, headers: dict[str, str] | None = None) -> openai.APIStatusError:
    """Have the SDK itself build the exception for a response."""
    response = httpx2.Response(status, json=error, headers=headers, request=REQUEST)
    with openai.OpenAI(api_key="sk-x", base_url="https://api.example/v1") as client:
        return client._make_status_error_from_response(response)  # noqa: SLF001 - the SDK's own mapping is the point


def body(code: str | None, kind: str = "invalid_request_error", message: str = "No.") -> dict[str, object]:
    """Build OpenAI's error body."""
    return {"error": {"message": message, "type": kind, "code": code, "param": None}}


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        (400, body(None), PermanentFailure, "bad_request"),
        (400, body("context_length_exceeded"), PermanentFailure, "prompt_too_long"),
        (400, body("content_policy_violation"), PermanentFailure, "content_filter"),
        (400, body("billing_hard_limit_reached"), BudgetFailure, "insufficient_quota"),
        (401, body("invalid_api_key"), PermanentFailure, "invalid_api_key"),
        (401, {"error": "invalid_grant"}, PermanentFailure, "invalid_api_key"),
        (403, body("unsupported_country_region_territory", "request_forbidden"), PermanentFailure, "access_denied"),
        (403, body("project_spend_limit_exceeded"), BudgetFailure, "insufficient_quota"),
        (404, body("model_not_found"), PermanentFailure, "model_not_found"),
        (404, {"detail": "Not Found"}, PermanentFailure, "not_found"),
        (408, body(None), TransientFailure, "server_error"),
        (409, body(None), TransientFailure, "server_error"),
        (418, body(None), PermanentFailure, "bad_request"),
        (422, body(None), PermanentFailure, "bad_request"),
        (429, body("rate_limit_exceeded", "tokens"), TransientFailure, "rate_limited"),
        (429, body("insufficient_quota", "insufficient_quota"), BudgetFailure, "insufficient_quota"),
        (429, body("credit_balance_exhausted", "insufficient_quota"), BudgetFailure, "insufficient_quota"),
        (429, [], TransientFailure, "rate_limited"),
        (500, body(None, "server_error"), TransientFailure, "server_error"),
        (502, "<html>bad gateway</html>", TransientFailure, "server_error"),
        (529, body(None), TransientFailure, "server_error"),
        (402, {"error": {"message": "Insufficient Balance", "code": "invalid_request_error"}}, BudgetFailure, QUOTA),
        (402, "pay", BudgetFailure, QUOTA),
        (400, {"type": "error", "error": {"message": "Your credit balance is too low"}}, BudgetFailure, QUOTA),
        (403, {"code": "no permission", "error": "Your team has used all available credits."}, BudgetFailure, QUOTA),
        (429, [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}], TransientFailure, "rate_limited"),
        (400, [{"error": {"message": "API key not valid."}}], PermanentFailure, "invalid_api_key"),
        (400, {"code": "bad", "error": "Incorrect API key provided: xa***"}, PermanentFailure, "invalid_api_key"),
        (404, {"error": {"message": 'model "q" not found, try pulling it first'}}, PermanentFailure, NO_MODEL),
        (400, {"error": {"message": "Model Not Exist", "code": "invalid_request_error"}}, PermanentFailure, NO_MODEL),
        (400, {"object": "error", "message": "Invalid model: q", "type": "invalid_model"}, PermanentFailure, NO_MODEL),
        (404, {"error": {"code": "DeploymentNotFound", "message": "No."}}, PermanentFailure, NO_MODEL),
        (400, {"error": {"message": "q is not a valid model ID", "code": 400}}, PermanentFailure, NO_MODEL),
        (400, body("json_validate_failed"), TransientFailure, "bad_answer"),
        (400, {"message": "This model's maximum context length is 9"}, PermanentFailure, "prompt_too_long"),
    ],
)
def test_a_status_becomes_the_failure_its_type_and_code_say(
    status: int, error: object, kind: type[ProductError], code: str
) -> None:
    """Quota words win over the status; otherwise the SDK's class decides."""
    failure = classify(status_error(status, error))
    assert (type(failure), failure.code) == (kind, code)
    assert failure.reason


@pytest.mark.parametrize(
    ("told", "kind", "code"),
    [
        ({"error": {"message": "Provider returned error", "code": 502}}, TransientFailure, "server_error"),
        ({"error": {"message": "More credits, please", "code": 402}}, BudgetFailure, QUOTA),
        ({"error": {"message": "Slow down", "code": "429"}}, TransientFailure, "rate_limited"),
        ({"error": {"message": "Slow down", "code": "rate_limit_exceeded"}}, TransientFailure, "rate_limited"),
        ({"error": "something broke"}, TransientFailure, "server_error"),
        ({"object": "error", "message": "No.", "code": 400}, PermanentFailure, "bad_request"),
        ({"choices": [{"error": {"code": 503, "message": "gone"}}]}, TransientFailure, "server_error"),
    ],
)
def test_an_error_in_an_answer_is_what_it_says(told: dict[str, object], kind: type[ProductError], code: str) -> None:
    """With status 200, at the top or in the choice."""
    answer = error_in(told)
    assert answer is not None
    failure = classify(AnswerError(answer))
    assert (type(failure), failure.code) == (kind, code)


@pytest.mark.parametrize("body", [{}, {"error": None}, {"error": {}}, {"choices": [{"error": None}]}])
def test_an_answer_without_an_error_has_none(body: dict[str, object]) -> None:
    """Some servers send the field always."""
    assert error_in(body) is None


def test_a_wait_in_the_body_is_read_where_the_headers_have_none() -> None:
    """Google's form."""
    told = [{"error": {"code": 429, "details": [{"@type": "RetryInfo", "retryDelay": "34.5s"}]}}]
    assert classify(status_error(429, told)).retry_after_seconds == 34.5
    assert classify(status_error(429, told, {"retry-after": "7"})).retry_after_seconds == 7.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_asked_for_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds first, then seconds, then a date."""
    failure = classify(status_error(429, body("rate_limit_exceeded"), headers), now=NOW)
    assert failure.retry_after_seconds == seconds


def test_a_broken_connection_may_have_been_billed_and_an_unmade_one_not() -> None:
    """The cause that the SDK keeps tells them apart."""
    broken, unmade = openai.APIConnectionError(request=REQUEST), openai.APIConnectionError(request=REQUEST)
    broken.__cause__ = httpx2.RemoteProtocolError("peer closed connection")
    unmade.__cause__ = httpx2.ConnectError("refused")
    assert [classify(e).code for e in (broken, unmade)] == ["connection_broken", "unreachable"]
    assert [may_have_been_billed(e) for e in (broken, unmade)] == [True, False]


def test_a_timeout_is_not_taken_for_a_lost_connection() -> None:
    """The SDK derives one from the other."""
    failure = classify(openai.APITimeoutError(request=REQUEST))
    assert (type(failure), failure.code) == (TransientFailure, "timeout")


def test_a_key_in_the_apis_own_words_is_masked() -> None:
    """Some servers echo what they were sent."""
    failure = classify(status_error(403, body(None, message="Key sk-proj-abc_123 may not do this")))
    assert "abc_123" not in str(failure)
    assert "Key [secret] may not do this" in failure.reason


def test_a_product_failure_passes_unchanged_and_a_stranger_is_named() -> None:
    """Nothing is swallowed."""
    ours = TransientFailure("later", code=FailureCode.TIMEOUT)
    assert classify(ours) is ours
    assert "ZeroDivisionError" in classify(ZeroDivisionError()).reason
