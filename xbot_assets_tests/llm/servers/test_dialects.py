"""The real client against each server of the table, over HTTP: posts come back, and the books are its bill."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from xbot_assets.domain.budget.dialects import Dialect, ThinkingRules
from xbot_assets.domain.failures import BudgetFailure, PermanentFailure
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.servers.learned import Learned, ShortMemory
from xbot_assets.sandbox.llm.dialects.table import DIALECTS
from xbot_assets.sandbox.state.faults import LLM_DIALECTS
from xbot_assets.testing.content.dialects import write_dialect_prices
from xbot_assets_tests.llm.llm_server import LlmServer
from xbot_assets_tests.llm.model_rig import ListBooks, WriterFor

RULES = ThinkingRules(allowance=4000, unknown=25_000)
PLENTY = 10_000_000
WriterIn = Callable[..., LanguageModel]


@pytest.fixture
def writer_in(writer_for: WriterFor, server: LlmServer, tmp_path: Path) -> WriterIn:
    """Make a client of a server of the table."""

    def build(name: str, memory: ShortMemory, thinking: ThinkingRules = RULES, **owner: object) -> LanguageModel:
        server.faults.active = {"llm_dialect": name}
        return writer_for(
            daily_budget_microusd=PLENTY,
            model=DIALECTS[name].model,
            prices_path=write_dialect_prices(tmp_path),
            thinking=thinking,
            learned=Learned(memory=memory, owner=owner, names_tell=False),
        )

    return build


def test_the_switch_knows_every_server_of_the_table() -> None:
    """Two lists in rooms that do not import each other."""
    assert tuple(DIALECTS) == LLM_DIALECTS


@pytest.mark.parametrize("name", DIALECTS)
def test_each_server_is_understood_and_booked_as_it_bills(
    name: str, writer_in: WriterIn, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """Ten briefs, so that what goes wrong now and then does; each reservation held, but for one that overran."""
    memory = ShortMemory()
    writer = writer_in(name, memory)
    for _ in range(10):
        assert len(writer.write_posts(brief.model_copy(update={"seed": 7})).posts) == 2
    assert ledger.calls[-1].seed == (7 if memory.known[DIALECTS[name].model].takes_seed else None)
    bills = [int(str(row["bill_microusd"])) for row in server.usage.as_json()]
    assert [call.cost_microusd for call in ledger.calls] == bills
    worst = [ask.worst_case_microusd for ask in ledger.reserved]
    overran = [place for place, (cost, most) in enumerate(zip(bills, worst, strict=True)) if cost > most]
    assert len(overran) <= memory.known[DIALECTS[name].model].overran
    refused = [call for call in ledger.calls if call.failure_code == "bad_request"]
    assert refused == [call for call in ledger.calls[:6] if call.failure_code == "bad_request"]


LEARNED = {
    "openai": Dialect(effort="low"),
    "azure": Dialect(effort=None),
    "openrouter": Dialect(effort="none"),
    "groq": Dialect(answer_format="json_object", spells_schema=True, effort="low"),
    "xai": Dialect(effort=None, limit_name="max_tokens"),
    "mistral": Dialect(limit_name="max_tokens", takes_seed=False, effort=None),
    "deepseek": Dialect(answer_format="json_object", spells_schema=True, effort="none"),
    "vllm": Dialect(effort="low", allows_thinking=False),
    "ollama": Dialect(effort="none"),
    "gemini": Dialect(takes_seed=False, effort="low"),
    "anthropic": Dialect(effort="none"),
}
"""What each server's refusals teach."""


@pytest.mark.parametrize("name", DIALECTS)
def test_what_a_server_takes_is_found_out_once(
    name: str, writer_in: WriterIn, brief: PostBrief, server: LlmServer
) -> None:
    """Another client with the same memory is refused nothing."""
    memory, seeded = ShortMemory(), brief.model_copy(update={"seed": 7})
    writer_in(name, memory).write_posts(seeded)
    learned = memory.known[DIALECTS[name].model]
    expected = LEARNED[name].after(learned.most_completion, 0 if learned.overran else learned.most_completion)
    if name == "xai" and not learned.overran:
        expected = replace(expected, limit_name="max_completion_tokens")  # it thought little: nothing was taught yet
    assert learned == expected
    before = len(server.usage.rows())
    writer_in(name, memory).write_posts(seeded)
    assert {row.status for row in server.usage.rows()[before:]} <= {200, 529}


def test_a_server_that_ignores_the_new_name_of_the_limit_is_given_the_old_one(
    writer_in: WriterIn, brief: PostBrief, ledger: ListBooks
) -> None:
    """DeepSeek's takes ``max_completion_tokens`` and obeys ``max_tokens``: here the first answer passes its limit."""
    memory = ShortMemory()
    writer = writer_in("deepseek", memory, thinking=ThinkingRules(unknown=25_000))
    writer.write_posts(brief)
    assert memory.known["deepseek-reasoner"].overran
    with pytest.raises(PermanentFailure, match="cut at its limit of 640 tokens"):
        writer.write_posts(brief)
    assert ledger.calls[-1].completion_tokens == 640


def test_a_budget_without_room_for_the_unknown_says_so(
    writer_in: WriterIn, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """Else an owner would never learn why a model that is cheap enough is not asked."""
    writer = writer_in("azure", ShortMemory())
    ledger.budget_microusd = 100_000
    with pytest.raises(BudgetFailure, match="tokens for thinking beyond the limit") as caught:
        writer.write_posts(brief)
    assert "XBOT_LLM_UNKNOWN_THINKING_TOKENS" in caught.value.remedy
    assert server.usage.rows() == []
    assert "thinking" in (ledger.calls[0].failure_reason or "")


def test_what_the_owner_set_is_not_changed_and_the_remedy_names_it(
    writer_in: WriterIn, brief: PostBrief, server: LlmServer
) -> None:
    """Groq's model of the table takes no schema."""
    with pytest.raises(PermanentFailure) as caught:
        writer_in("groq", ShortMemory(), answer_format="json_schema").write_posts(brief)
    assert caught.value.code == "bad_request"
    assert "XBOT_LLM_ANSWER_FORMAT" in caught.value.remedy
    assert len(server.usage.rows()) == 1


def test_an_effort_that_was_set_for_one_call_is_not_the_model_s_least(
    writer_in: WriterIn, brief: PostBrief, ledger: ListBooks
) -> None:
    """Tiers share a memory, and may share a model."""
    memory = ShortMemory()
    writer = writer_in("openai", memory)
    writer.write_posts(brief)
    writer.write_posts(brief.model_copy(update={"effort": "high"}))
    assert memory.known["gpt-6-luna"].effort == "low"
    with pytest.raises(PermanentFailure, match="does not support 'max'") as caught:
        writer.write_posts(brief.model_copy(update={"effort": "max"}))
    assert "XBOT_PLAN_EFFORT" in caught.value.remedy
    assert ledger.calls[-1].cost_microusd == 0
