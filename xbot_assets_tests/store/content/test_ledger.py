"""The ledger of paid calls on a real PostgreSQL."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from xbot_assets.domain.budget.calls import LlmCall
from xbot_assets.store.content import ledger
from xbot_assets.store.engine.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def call(**facts: object) -> Mapping[str, object]:
    """Build one call for the ledger."""
    usual = {"purpose": "plan", "model": "m", "prompt_version": "1", "outcome": "ok", "latency_ms": 5}
    return {**usual, "called_at": NOON, "cost_microusd": 7, **facts}


def test_the_ledger_adds_up_what_was_spent_since_a_time(database: Database) -> None:
    """From that time on; objects and mappings are taken alike, and nonsense is refused before it is stored."""
    assert ledger.spent_microusd(database, NOON) == 0
    ledger.record_llm_call(database, call(called_at=NOON - HOUR))
    ledger.record_llm_call(database, LlmCall.model_validate(call()))
    assert ledger.spent_microusd(database, NOON) == 7
    assert ledger.spent_microusd(database, NOON - DAY) == 14
    assert [row.called_at for row in ledger.recent_calls(database, 1)] == [NOON]
    with pytest.raises(ValidationError):
        ledger.record_llm_call(database, call(cost_microusd=-1))
    with pytest.raises(ValidationError):
        ledger.record_llm_call(database, call(outcome="fine"))
