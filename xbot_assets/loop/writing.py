"""The language model as planning uses it: its ledger and budget are the database's, its brief the persona's.

Keep out: prompts, prices and retries (``llm``), SQL (``store/ledger.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from xbot_assets.domain.clock import Clock
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.domain.persona import Persona
from xbot_assets.domain.posts import fingerprint
from xbot_assets.llm.briefs import PostBrief, PostRequest
from xbot_assets.llm.budget import DailyBudget
from xbot_assets.llm.client import LanguageModel, ModelAccess
from xbot_assets.llm.ledger import LlmCall
from xbot_assets.settings import Settings
from xbot_assets.store import posts as post_store
from xbot_assets.store.database import Database
from xbot_assets.store.ledger import record_llm_call, spent_microusd

SANDBOX_KEY = SecretStr("sk-sandbox")
"""What the sandbox's server accepts; it is worth nothing anywhere else."""
NO_REPEAT = timedelta(days=90)
"""A text is not written again within this time."""
SHOWN_POSTS = 10
"""Recent posts shown to the model, so that it writes something else."""
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class DatabaseLedger:
    """Keeps every call in the table ``llm_calls``."""

    database: Database

    def record(self, call: LlmCall) -> int:
        """Store one call and return its id."""
        return record_llm_call(self.database, call)


def open_language_model(settings: Settings, database: Database, clock: Clock) -> LanguageModel:
    """Return the model that the settings name: the sandbox's, or the owner's.

    Raises:
        PermanentFailure: the model has no price, or the sandbox's model is wanted and no sandbox runs.
    """
    if settings.llm == "sandbox" and settings.openai_base_url is None:
        # Without an address the SDK would ask OpenAI itself.
        raise PermanentFailure(
            "The sandbox's language model is not running.",
            code="no_language_model",
            remedy="Start the parts with scripts/run or xbot up --parts, or set XBOT_LLM=openai and your key.",
        )
    key = settings.openai_api_key if settings.llm == "openai" and settings.openai_api_key else SANDBOX_KEY
    access = ModelAccess(
        api_key=key,
        base_url=settings.openai_base_url,
        model=settings.plan_model,
        attempts=settings.llm_attempts,
        timeout_seconds=settings.llm_timeout_seconds,
    )
    budget = DailyBudget(round(settings.daily_budget_usd * MICRO), lambda: _spent_today(database, clock))
    return LanguageModel(access, ledger=DatabaseLedger(database), budget=budget, clock=clock)


def brief_for(
    settings: Settings, database: Database, persona: Persona, arms: Sequence[tuple[Arm, str]], now: datetime
) -> PostBrief:
    """Return what the model is asked for these arms and tones, with what it may not repeat."""
    texts = post_store.recent_texts(database, now - NO_REPEAT)
    return PostBrief(
        persona=persona,
        posts=tuple(PostRequest(topic=arm.topic, format=arm.format, tone=tone) for arm, tone in arms),
        recent_posts=tuple(texts[:SHOWN_POSTS]),
        recent_fingerprints=frozenset(fingerprint(text) for text in texts),
        max_weighted_chars=settings.post_max_weighted_chars,
    )


def _spent_today(database: Database, clock: Clock) -> int:
    """Return what this UTC day has cost so far, in micro-dollars."""
    return spent_microusd(database, clock.now().replace(hour=0, minute=0, second=0, microsecond=0))
