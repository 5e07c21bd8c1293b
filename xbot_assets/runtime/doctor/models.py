"""What is remembered of the models in use: for ``xbot doctor`` without a call."""

from collections.abc import Iterator

from xbot_assets.domain.budget.dialects import Dialect
from xbot_assets.domain.clock import RealClock
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError
from xbot_assets.runtime.doctor.examination import Finding
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.model_service import api_account
from xbot_assets.store.content.dialects import DatabaseDialects
from xbot_assets.store.content.ledger import LedgerEntry, recent_calls
from xbot_assets.store.engine.database import open_database

NAME = "Model answers"
RECENT_CALLS = 200
"""So many of the newest calls are looked through for the last one of a model: days of planning."""
_CUT = FailureCode.ANSWER_CUT


def remembered_models() -> Iterator[Finding]:
    """Yield a finding for each model in use; none when there is no database to ask, which others tell."""
    try:
        settings = load_settings()
        if settings.database_url is not None:
            yield from remembered_of(settings)
    except ProductError:
        return  # the settings and the database have findings of their own


def remembered_of(settings: Settings) -> Iterator[Finding]:
    """Yield the findings for the models of these settings.

    Raises:
        ProductError: the database cannot be asked.
    """
    with open_database(settings) as database:
        dialects = DatabaseDialects(database, api_account(settings), RealClock())
        newest: dict[str, LedgerEntry] = {}
        for call in recent_calls(database, RECENT_CALLS):
            if call.reservation_id is not None:
                newest.setdefault(call.model, call)
        for model in dict.fromkeys((settings.plan_model, settings.saving_model)):
            yield _finding(model, dialects.recall(model), newest.get(model))


def _finding(model: str, dialect: Dialect | None, last: LedgerEntry | None) -> Finding:
    if last is not None and last.failure_code == _CUT:
        return Finding("warn", NAME, f"{model}: its last call was no use. {last.failure_reason}", _CUT.remedy)
    if dialect is None or not dialect.answered:
        return Finding("ok", NAME, f"{model}: has not answered yet. 'xbot doctor --llm' asks it what its server can.")
    if dialect.overran:
        return Finding(
            "warn",
            NAME,
            f"{model}: was billed more than its limit, {dialect.most_completion} tokens for one answer.",
            "Set XBOT_PLAN_EFFORT or XBOT_SAVING_EFFORT lower, or choose another model; meanwhile each call puts "
            "XBOT_LLM_UNKNOWN_THINKING_TOKENS aside.",
        )
    effort = f"effort {dialect.effort}" if dialect.effort else "no effort is sent"
    most = f"at most {dialect.most_completion} tokens were billed for one answer"
    return Finding("ok", NAME, f"{model}: asked for {dialect.answer_format}, {dialect.limit_name}; {effort}; {most}.")
