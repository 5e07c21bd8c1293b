"""``xbot doctor --llm`` against servers of the table: what it says, what it pays and what it remembers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xbot_assets.domain.clock import RealClock
from xbot_assets.runtime.doctor.examination import Finding
from xbot_assets.runtime.doctor.llm import models_of
from xbot_assets.runtime.doctor.models import remembered_of
from xbot_assets.sandbox.llm.dialects.table import DIALECTS
from xbot_assets.settings import Settings
from xbot_assets.steps.model_service import api_account
from xbot_assets.store.content.dialects import DatabaseDialects
from xbot_assets.store.content.ledger import recent_calls
from xbot_assets.store.engine.database import Database
from xbot_assets.testing.content.dialects import dialect_settings
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.llm.llm_server import LlmServer, running_llm_server

SettingsIn = Callable[[str], Settings]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LlmServer]:
    """Run the sandbox's language-model server."""
    with running_llm_server(tmp_path) as running:
        yield running


@pytest.fixture
def settings_in(settings_for: SettingsFor, server: LlmServer, tmp_path: Path, database: Database) -> SettingsIn:
    """Set the product up for a server of the table, on a database that is there."""
    del database

    def build(name: str) -> Settings:
        server.faults.active = {"llm_dialect": name}
        return dialect_settings(settings_for(openai_base_url=server.base_url), name, tmp_path)

    return build


def only(settings: Settings) -> Finding:
    """Return the one finding of settings whose tiers share a model."""
    (finding,) = models_of(settings)
    return finding


@pytest.mark.parametrize(
    ("name", "level", "said"),
    [
        ("openai", "ok", ["keeps to a JSON schema", "max_completion_tokens and a seed", "effort: low", "1 request(s)"]),
        ("groq", "ok", ["no JSON schema, but json_object", "effort: low", "2 request(s) were refused first"]),
        ("mistral", "ok", ["takes max_tokens and no seed", "No reasoning effort is sent"]),
        ("vllm", "ok", ["its limit has no room for thinking"]),
        ("xai", "warn", ["No reasoning effort is sent"]),
    ],
)
def test_the_doctor_says_what_a_server_can(
    name: str, level: str, said: list[str], settings_in: SettingsIn, server: LlmServer, database: Database
) -> None:
    """One billed call, in the books at the server's own bill; the next plan is refused nothing."""
    settings = settings_in(name)
    finding = only(settings)
    assert finding.level == level, finding
    assert [words for words in said if words not in finding.text] == []
    (billed,) = [row for row in server.usage.as_json() if row["completion_tokens"]]
    assert [call.cost_microusd for call in recent_calls(database, 9) if call.cost_microusd] == [billed["bill_microusd"]]
    memory = DatabaseDialects(database, api_account(settings), RealClock())
    learned = memory.recall(DIALECTS[name].model)
    assert learned is not None
    assert learned.answered
    assert learned.overran is (name == "xai")
    asked = len(server.usage.rows())
    only(settings)
    assert len(server.usage.rows()) == 2 * asked, "it is found out anew, for a server that has changed"


def remembered(settings: Settings) -> Finding:
    """Return what the doctor says without a call."""
    (finding,) = remembered_of(settings)
    return finding


def test_the_doctor_tells_what_is_remembered_without_a_call(settings_in: SettingsIn, server: LlmServer) -> None:
    """Nothing, what a server takes, and a bill beyond the limit."""
    settings = settings_in("groq")
    assert "has not answered yet" in remembered(settings).text
    only(settings)
    asked = len(server.usage.rows())
    finding = remembered(settings)
    assert (finding.level, "json_object" in finding.text, "effort low" in finding.text) == ("ok", True, True)
    assert len(server.usage.rows()) == asked
    settings = settings_in("xai")
    only(settings)
    finding = remembered(settings)
    assert (finding.level, "billed more than its limit" in finding.text) == ("warn", True)


def test_the_doctor_tells_of_an_answer_that_was_cut(settings_in: SettingsIn) -> None:
    """With what helps, also without a call."""
    settings = settings_in("mistral").model_copy(update={"llm_thinking_tokens": 0})
    assert only(settings).level == "fail"
    finding = remembered(settings)
    assert (finding.level, "was cut at its limit" in finding.text) == ("warn", True)
    assert "XBOT_LLM_THINKING_TOKENS" in finding.remedy


def test_a_server_that_refuses_is_told_with_its_reason(settings_in: SettingsIn, server: LlmServer) -> None:
    """A model that it does not serve, and a key that it does not take."""
    settings = settings_in("groq")
    server.faults.active = {"llm_dialect": "mistral"}
    finding = only(settings)
    assert (finding.level, "does not know the model" in finding.text) == ("fail", True)
    server.faults.active = {"llm_status": 401}
    assert "refused the key" in only(settings).text
