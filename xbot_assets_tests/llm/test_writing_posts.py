"""The product's client against the sandbox's server: what comes back, what it costs, what is retried."""

from datetime import datetime

import pytest
from pydantic import SecretStr

from xbot_assets.domain.budget.calls import CallAsk, LlmCall, Reservation
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import (
    BudgetFailure,
    FailureKind,
    PermanentFailure,
    ProductError,
    TransientFailure,
)
from xbot_assets.domain.posts.post import fingerprint
from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.llm import client
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets_tests.llm.llm_server import LlmServer
from xbot_assets_tests.llm.model_rig import NOW, ListBooks, WriterFor


def test_a_brief_comes_back_as_posts_in_its_order(writer_for: WriterFor, brief: PostBrief) -> None:
    """Two arms, two posts, each labelled with what was asked for."""
    written = writer_for().write_posts(brief)
    assert [(p.topic, p.format, p.tone) for p in written.posts] == [
        ("gardening", "question", "curious"),
        ("local history", "list", "plain"),
    ]
    assert "?" in written.posts[0].text
    assert "\n" in written.posts[1].text
    assert all(weighted_length(post.text) <= 280 for post in written.posts)


def test_every_call_is_in_the_ledger_at_its_exact_cost(
    writer_for: WriterFor, brief: PostBrief, ledger: ListBooks, server: LlmServer
) -> None:
    """The row holds the server's own token counts, priced by hand here: 0.15 and 0.60 dollars a million."""
    written = writer_for().write_posts(brief)
    (call,), (billed,) = ledger.calls, server.usage.rows()
    exact = 15 * billed.prompt_tokens + 60 * billed.completion_tokens
    assert call.cost_microusd == written.cost_microusd == -(-exact // 100)
    assert (call.prompt_tokens, call.completion_tokens) == (billed.prompt_tokens, billed.completion_tokens)
    assert (call.outcome, call.model, call.called_at, call.purpose) == ("ok", "gpt-4o-mini", NOW, "plan")
    assert written.llm_call_id == 1
    assert call.prompt_version.startswith("posts-3+")


def test_the_ledger_equals_the_servers_usage_log(
    writer_for: WriterFor, brief: PostBrief, ledger: ListBooks, server: LlmServer
) -> None:
    """Over a mix of good answers and failures, row by row."""
    server.faults.script = [{}, {"llm_status": 500}, {"llm_garbage": True}, {}, {"llm_wrong_shape": True}, {}]
    writer = writer_for()
    for _ in range(3):
        writer.write_posts(brief)
    rows = [(row.prompt_tokens, row.completion_tokens) for row in server.usage.rows()]
    assert [(call.prompt_tokens, call.completion_tokens) for call in ledger.calls] == rows
    assert [call.failure_code for call in ledger.calls] == [
        None,
        "server_error",
        "bad_answer",
        None,
        "bad_answer",
        None,
    ]


FAULTS: list[tuple[dict[str, object], type[ProductError], str, int]] = [
    ({"llm_status": 401}, PermanentFailure, "invalid_api_key", 1),
    ({"llm_status": 403}, PermanentFailure, "access_denied", 1),
    ({"llm_status": 404}, PermanentFailure, "model_not_found", 1),
    ({"llm_status": 400}, PermanentFailure, "bad_request", 1),
    ({"llm_status": 409}, TransientFailure, "server_error", 3),
    ({"llm_status": 429, "llm_retry_after": 0.01}, TransientFailure, "rate_limited", 3),
    ({"llm_status": 429, "llm_retry_after": 3600}, TransientFailure, "rate_limited", 1),
    ({"llm_status": 500}, TransientFailure, "server_error", 3),
    ({"llm_status": 503, "llm_retry_after": 0.01}, TransientFailure, "server_error", 3),
    ({"llm_insufficient_quota": True}, BudgetFailure, "insufficient_quota", 1),
    ({"llm_insufficient_quota": True, "llm_retry_after": 0.01}, BudgetFailure, "insufficient_quota", 1),
    ({"llm_garbage": True}, PermanentFailure, "bad_answer", 3),
    ({"llm_garbage": "body"}, PermanentFailure, "bad_answer", 3),
    ({"llm_wrong_shape": True}, PermanentFailure, "bad_answer", 3),
    ({"llm_refusal": True}, PermanentFailure, "refused", 1),
]


@pytest.mark.parametrize(("fault", "kind", "code", "calls"), FAULTS, ids=lambda value: str(value)[:50])
def test_every_fault_is_told_apart_and_repeated_only_if_that_helps(  # noqa: PLR0913, PLR0917 - a table row and its parts
    fault: dict[str, object],
    kind: type[ProductError],
    code: str,
    calls: int,
    writer_for: WriterFor,
    brief: PostBrief,
    server: LlmServer,
) -> None:
    """The class, the code and the number of requests that the server saw."""
    server.faults.active = fault
    with pytest.raises(ProductError) as caught:
        writer_for().write_posts(brief)
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert len(server.usage.rows()) == calls


def test_every_attempt_is_booked_with_its_own_outcome(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """The ledger says transient for each attempt, also where the caller gets a permanent failure."""
    server.faults.active = {"llm_wrong_shape": True}
    with pytest.raises(PermanentFailure, match=r"no usable answer in 3 attempt.*not of the schema"):
        writer_for().write_posts(brief)
    assert [(c.outcome, c.failure_code) for c in ledger.calls] == [("transient", "bad_answer")] * 3
    assert all(call.cost_microusd > 0 for call in ledger.calls)


def test_a_retry_after_is_waited_for(writer_for: WriterFor, brief: PostBrief, server: LlmServer) -> None:
    """The server's own clock sees at least the asked-for pause, then a good answer."""
    server.faults.script = [{"llm_status": 429, "llm_retry_after": 0.4}]
    written = writer_for().write_posts(brief)
    first, second = (datetime.fromisoformat(row.at) for row in server.usage.rows())
    assert (second - first).total_seconds() >= 0.4
    assert written.attempts == 2


def test_a_slow_answer_is_transient_and_booked_at_its_worst_case(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """The API may have billed a request that timed out, so the wall must count it."""
    server.faults.active = {"llm_delay_seconds": 0.5}
    with pytest.raises(TransientFailure) as caught:
        writer_for(timeout_seconds=0.1, attempts=1).write_posts(brief)
    assert caught.value.code == "timeout"
    assert ledger.calls[0].completion_tokens == 2 * (280 + 40)


def test_a_server_that_is_not_there_is_transient_and_free(
    writer_for: WriterFor, brief: PostBrief, ledger: ListBooks
) -> None:
    """Nothing was sent, so nothing can have been billed."""
    with pytest.raises(TransientFailure, match="cannot be reached"):
        writer_for(base_url="http://127.0.0.1:1/v1").write_posts(brief)
    assert [(call.failure_code, call.cost_microusd) for call in ledger.calls] == [("unreachable", 0)] * 3


def test_a_wrong_key_never_appears_in_the_failure(writer_for: WriterFor, brief: PostBrief, ledger: ListBooks) -> None:
    """Neither in the message nor in the ledger."""
    with pytest.raises(PermanentFailure, match="XBOT_OPENAI_API_KEY") as caught:
        writer_for(api_key=SecretStr("sk-live-verysecret")).write_posts(brief)
    assert "verysecret" not in str(caught.value) + str(ledger.calls)


def test_the_days_wall_stops_a_call_before_it_is_made(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """The refusal is in the ledger at no cost, and the server heard nothing."""
    with pytest.raises(BudgetFailure) as caught:
        writer_for(daily_budget_microusd=100).write_posts(brief)
    assert caught.value.code == "daily_budget"
    assert server.usage.rows() == []
    assert [(call.outcome, call.cost_microusd) for call in ledger.calls] == [("budget", 0)]


def test_spending_never_passes_the_wall(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """Calls go on until the worst case of the next one no longer fits."""
    writer = writer_for(daily_budget_microusd=1500)

    def spend_all() -> None:
        for _ in range(100):
            writer.write_posts(brief)

    with pytest.raises(BudgetFailure):
        spend_all()
    assert 500 < ledger.spent() <= 1500
    assert len(server.usage.rows()) == len(ledger.calls) - 1


def test_the_worst_case_is_never_below_the_bill(writer_for: WriterFor, brief: PostBrief, ledger: ListBooks) -> None:
    """What was put aside before the call against what it then cost, and it was noted as sent in between."""
    writer_for().write_posts(brief)
    assert ledger.reserved[0].worst_case_microusd >= ledger.calls[0].cost_microusd > 0
    assert ledger.sent == [1]


def test_books_that_fail_do_not_buy_the_call_again(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transient failure of the database is the caller's to handle; one paid call stays one."""

    def broken(
        _self: ListBooks, _reservation: Reservation, call: LlmCall, _failure: ProductError | None, *, answered: bool
    ) -> int:
        raise TransientFailure(f"cannot store {call.purpose} {answered}", code=FailureCode.DATABASE_BUSY)

    monkeypatch.setattr(ListBooks, "settle", broken)
    with pytest.raises(TransientFailure, match="cannot store plan"):
        writer_for().write_posts(brief)
    assert len(server.usage.rows()) == 1


def test_books_that_cannot_be_asked_make_no_call(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a reservation nothing is sent, however often it is tried."""

    def broken(_self: ListBooks, ask: CallAsk) -> Reservation:
        raise TransientFailure(f"no database for {ask.model}", code=FailureCode.DATABASE_UNREACHABLE)

    monkeypatch.setattr(ListBooks, "reserve", broken)
    with pytest.raises(TransientFailure, match="no database"):
        writer_for().write_posts(brief)
    assert server.usage.rows() == []


def test_a_model_without_a_price_is_never_called(writer_for: WriterFor, brief: PostBrief, server: LlmServer) -> None:
    """An unknown model is an error, not free."""
    with pytest.raises(PermanentFailure, match="no price for the model 'gpt-9'"):
        writer_for(model="gpt-9").write_posts(brief)
    assert server.usage.rows() == []


def test_the_brief_s_model_is_called_and_priced(writer_for: WriterFor, brief: PostBrief, ledger: ListBooks) -> None:
    """The tier's choice, at 5 and 15 dollars a million; the dated name it answered under is kept."""
    written = writer_for(model="gpt-4o-mini").write_posts(brief.model_copy(update={"model": "gpt-4o", "seed": 7}))
    (call,) = ledger.calls
    assert call.cost_microusd == 5 * call.prompt_tokens + 15 * call.completion_tokens
    assert (call.model, call.model_version, call.seed) == ("gpt-4o", "gpt-4o-2024-08-06", 7)
    assert (written.model, written.seed) == ("gpt-4o", 7)


def test_posts_that_break_a_rule_are_asked_for_again_and_then_refused(
    writer_for: WriterFor, brief: PostBrief, ledger: ListBooks
) -> None:
    """The rules are the product's; the model is told what was wrong, so later prompts are longer."""
    persona = brief.persona.model_copy(update={"never_say": ("a", "e", "i", "o")})
    with pytest.raises(PermanentFailure, match="in 3 attempt") as caught:
        writer_for().write_posts(brief.model_copy(update={"persona": persona}))
    assert caught.value.code == "gate_never_say"
    assert [call.outcome for call in ledger.calls] == ["ok"] * 3
    assert ledger.calls[1].prompt_tokens > ledger.calls[0].prompt_tokens


def test_an_answer_cut_at_its_token_limit_is_permanent_and_paid_for(
    writer_for: WriterFor, brief: PostBrief, ledger: ListBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tokens a post leave no room for the JSON; asking again would cut it again."""
    monkeypatch.setattr(client, "TOKENS_PER_POST_OVERHEAD", 1)
    with pytest.raises(PermanentFailure) as caught:
        writer_for().write_posts(brief.model_copy(update={"max_weighted_chars": 1}))
    assert caught.value.code == "answer_cut"
    assert [call.completion_tokens for call in ledger.calls] == [2 * (1 + 1)]


def test_a_post_that_was_published_before_is_asked_for_again(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """The same request to a server that forgot it writes the same posts; the second attempt must differ."""
    writer = writer_for()
    first = writer.write_posts(brief).posts
    known = frozenset(fingerprint(post.text) for post in first)
    server.usage.clear()
    ledger.calls.clear()
    again = writer.write_posts(brief.model_copy(update={"recent_fingerprints": known}))
    assert not known & {fingerprint(post.text) for post in again.posts}


def test_attempts_end_when_the_time_is_used_up(writer_for: WriterFor, brief: PostBrief, server: LlmServer) -> None:
    """A wait that would pass the total is not begun."""
    server.faults.active = {"llm_status": 429, "llm_retry_after": 0.2}
    with pytest.raises(TransientFailure) as caught:
        writer_for(attempts=10, total_seconds=0.5).write_posts(brief)
    assert caught.value.kind is FailureKind.TRANSIENT
    assert 2 <= len(server.usage.rows()) <= 3


def test_a_ping_costs_nothing_and_tells_a_bad_key(writer_for: WriterFor, server: LlmServer, ledger: ListBooks) -> None:
    """For the health page and the doctor."""
    writer_for().ping()
    with pytest.raises(PermanentFailure, match="refused the key"):
        writer_for(api_key=SecretStr("sk-wrong")).ping()
    with pytest.raises(TransientFailure, match="cannot be reached"):
        writer_for(base_url="http://127.0.0.1:1/v1").ping()
    assert (server.usage.rows(), ledger.calls) == ([], [])
