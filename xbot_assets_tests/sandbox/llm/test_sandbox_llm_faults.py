"""Every fault of the sandbox's language model, as the real client meets it: category, code, and what it costs."""

from collections import Counter

import httpx
import pytest

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.gates.language import probability
from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets.sandbox.llm.faults import ONE_OF_THESE, FaultDice
from xbot_assets.sandbox.llm.usage import UsageRow
from xbot_assets.sandbox.state.faults import FAULTS
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets_tests.llm.llm_server import Faults, LlmServer
from xbot_assets_tests.llm.model_rig import KEY, ListBooks, WriterFor

MODEL = "gpt-4o-mini"

Case = tuple[dict[str, object], str, str, str]
CASES: list[Case] = [
    # the fault, the category of the attempt, its code, and what the provider bills: nothing, all, or unknown to us
    ({"llm_status": 400}, "permanent", "bad_request", "nothing"),
    ({"llm_status": 401}, "permanent", "invalid_api_key", "nothing"),
    ({"llm_status": 403}, "permanent", "access_denied", "nothing"),
    ({"llm_status": 404}, "permanent", "model_not_found", "nothing"),
    ({"llm_unknown_model": True}, "permanent", "model_not_found", "nothing"),
    ({"llm_status": 429, "llm_retry_after": 0.01}, "transient", "rate_limited", "nothing"),
    ({"llm_insufficient_quota": True}, "budget", "insufficient_quota", "nothing"),
    ({"llm_status": 500}, "transient", "server_error", "nothing"),
    ({"llm_status": 503}, "transient", "server_error", "nothing"),
    ({"llm_delay_seconds": 0.6}, "transient", "timeout", "unknown"),
    ({"llm_cut": True}, "transient", "connection_broken", "unknown"),
    ({"llm_garbage": "body"}, "transient", "bad_answer", "unknown"),
    ({"llm_garbage": True}, "transient", "bad_answer", "all"),
    ({"llm_wrong_shape": True}, "transient", "bad_answer", "all"),
    ({"llm_refusal": True}, "permanent", "refused", "all"),
]


@pytest.mark.parametrize(("fault", "outcome", "code", "billed"), CASES, ids=lambda value: str(value)[:40])
def test_each_fault_has_its_category_and_its_bill(  # noqa: PLR0913, PLR0917 - a table row and its parts
    fault: dict[str, object],
    outcome: str,
    code: str,
    billed: str,
    writer_for: WriterFor,
    brief: PostBrief,
    server: LlmServer,
    ledger: ListBooks,
) -> None:
    """The server's own log has what a provider bills; the client's ledger is never below it."""
    server.faults.active = fault
    with pytest.raises(ProductError):
        writer_for(attempts=1, timeout_seconds=0.3 if "llm_delay_seconds" in fault else PATIENCE).write_posts(brief)
    (call,), (row,) = ledger.calls, booked(server, 1)
    assert (call.outcome, call.failure_code) == (outcome, code)
    ours, theirs = (call.prompt_tokens, call.completion_tokens), (row.prompt_tokens, row.completion_tokens)
    assert (theirs == (0, 0)) == (billed == "nothing")
    assert ours == theirs or (billed == "unknown" and ours > theirs)


def booked(server: LlmServer, count: int) -> list[UsageRow]:
    """Wait until the server has booked so many requests: a slow one is booked after its client left."""
    until(lambda: len(server.usage.rows()) >= count, "the requests are booked")
    return server.usage.rows()


def test_every_fault_is_in_the_table_or_has_a_test_of_its_own() -> None:
    """A fault that is added must be shown here."""
    shown = {name for fault, *_ in CASES for name in fault}
    own = {"llm_wrong_language", "llm_over_long", "llm_duplicate", "llm_gullible", "llm_dialect", "llm_thinking_tokens"}
    assert shown | own == {name for name in FAULTS if name.startswith("llm_")}
    assert set(ONE_OF_THESE) <= shown | own


def test_an_over_long_post_is_refused_by_length(writer_for: WriterFor, brief: PostBrief, server: LlmServer) -> None:
    """It is a well-formed answer, paid for, that the rules refuse; the next one is of the right length."""
    server.faults.script = [{"llm_over_long": True}]
    written = writer_for().write_posts(brief)
    assert written.attempts == 2
    assert all(weighted_length(post.text) <= 280 for post in written.posts)
    server.faults.active = {"llm_over_long": True}
    with pytest.raises(ProductError) as caught:
        writer_for().write_posts(brief)
    assert caught.value.code == "gate_length"


def test_a_duplicate_is_refused_as_one(writer_for: WriterFor, brief: PostBrief, server: LlmServer) -> None:
    """The model repeats a post that the prompt shows as published."""
    server.faults.active = {"llm_duplicate": True}
    published = brief.model_copy(update={"recent_posts": ("Beans like company.", "So does basil.")})
    with pytest.raises(ProductError) as caught:
        writer_for().write_posts(published)
    assert caught.value.code == "gate_duplicate"


def test_without_published_posts_a_duplicate_repeats_the_first_one_written(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer
) -> None:
    """Whoever does not show the model what there is gets the same post twice."""
    writer = writer_for()
    first = writer.write_posts(brief).posts[0].text
    server.faults.active = {"llm_duplicate": True}
    assert writer.write_posts(brief.model_copy(update={"posts": brief.posts[:1]})).posts[0].text == first


def test_a_post_in_the_wrong_language_is_in_that_language(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer
) -> None:
    """German where English was asked for; the language gate of the chain refuses it, the brief's rules do not."""
    server.faults.active = {"llm_wrong_language": True}
    posts = writer_for().write_posts(brief).posts
    assert any(probability(post.text, "de") > 0.9 for post in posts)


def test_a_refusal_looks_like_openais(server: LlmServer) -> None:
    """Type, code, request id and the headers of a rate limit."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": "x"}]}
    wanted = {"llm_status": 429, "llm_retry_after": 20}
    for fault, kind, code in ((wanted, "requests", "rate_limit_exceeded"), QUOTA):
        server.faults.active = dict(fault)
        answer = httpx.post(
            f"{server.base_url}/chat/completions", headers={"Authorization": f"Bearer {KEY}"}, json=body
        )
        assert (answer.status_code, answer.json()["error"]["type"], answer.json()["error"]["code"]) == (429, kind, code)
        assert answer.headers["x-request-id"].startswith("req_")
        assert ("retry-after" in answer.headers) == ("llm_retry_after" in fault)
        assert ("x-ratelimit-remaining-requests" in answer.headers) == (code == "rate_limit_exceeded")


QUOTA = ({"llm_insufficient_quota": True}, "insufficient_quota", "insufficient_quota")


def test_a_cut_body_is_a_broken_connection_and_not_a_short_answer(server: LlmServer) -> None:
    """The headers promise more than arrives."""
    server.faults.active = {"llm_cut": True}
    body = {"model": MODEL, "messages": [{"role": "user", "content": "x"}]}
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        httpx.post(f"{server.base_url}/chat/completions", headers={"Authorization": f"Bearer {KEY}"}, json=body)


def draws(faults: dict[str, object], count: int) -> Counter[str]:
    """Draw for so many requests and count what strikes."""
    dice = FaultDice(Faults(faults))
    return Counter(dice.draw().fault for _ in range(count))


def test_a_probability_strikes_that_share_of_requests_and_repeats_itself() -> None:
    """Three in ten of 1,000, the same ones in each new process."""
    faults: dict[str, object] = {"llm_status": {"value": 500, "probability": 0.3}}
    assert 250 < draws(faults, 1000)["llm_status"] < 350
    assert draws(faults, 1000) == draws(faults, 1000)


def test_a_count_ends_a_fault_and_a_new_setting_begins_anew() -> None:
    """Twice, then never again, until it is put again."""
    source = Faults({"llm_cut": {"value": True, "count": 2}})
    dice = FaultDice(source)
    assert [dice.draw().fault for _ in range(4)] == ["llm_cut", "llm_cut", "", ""]
    source.active = {"llm_cut": {"value": True, "count": 1}}
    assert [dice.draw().fault for _ in range(2)] == ["llm_cut", ""]


def test_of_several_faults_one_strikes_and_all_come_up() -> None:
    """Each at 30 %: about 0.7^10 of the requests are spared; every kind is seen."""
    mixed: dict[str, object] = {name: {"value": 500, "probability": 0.3} for name in ONE_OF_THESE}
    drawn = draws(mixed, 5000)
    assert set(drawn) == {*ONE_OF_THESE, ""}
    assert 70 < drawn[""] < 240


def test_a_delay_and_a_wait_come_with_any_fault() -> None:
    """They are not answers of their own."""
    drawn = FaultDice(Faults({"llm_status": "429", "llm_retry_after": "7", "llm_delay_seconds": 2})).draw()
    assert (drawn.fault, drawn.retry_after, drawn.delay_seconds) == ("llm_status", 7.0, 2.0)
    assert FaultDice(Faults({"llm_status": "0", "llm_garbage": "False"})).draw().fault == ""
