"""The language model as planning uses it: its budget is the database's, its brief the persona's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr

from xbot_assets.domain.budget.calls import NOT_NOTED, ConcurrentRuns
from xbot_assets.domain.clock import Clock
from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.domain.persona import Persona
from xbot_assets.domain.posts.post import fingerprint
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.calls.calling import ModelAccess
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.network import OPENAI_BASE_URL
from xbot_assets.llm.servers.learned import Learned
from xbot_assets.settings import Settings
from xbot_assets.steps.llm_budget import DatabaseBudget
from xbot_assets.steps.model_service import api_account
from xbot_assets.store.content.dialects import DatabaseDialects
from xbot_assets.store.content.model_ends import announced_ends
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import posts as post_store

SANDBOX_KEY = SecretStr("sk-sandbox")
"""What the sandbox's server accepts; it is worth nothing anywhere else."""
OPENAI_HOST = urlsplit(OPENAI_BASE_URL).hostname
NO_REPEAT = timedelta(days=90)
"""A text is not written again within this time."""
SHOWN_POSTS = 10
"""Recent posts shown to the model, so that it writes something else."""


def open_language_model(
    settings: Settings, database: Database, clock: Clock, concurrent_runs: ConcurrentRuns = NOT_NOTED
) -> LanguageModel:
    """Return the model that the settings name: the sandbox's, or the owner's.

    ``concurrent_runs`` is booked with its calls. Nothing is connected before the first call: publishing needs no model.
    """
    dialects = _dialects(settings, database, clock)
    access = replace(
        model_access(settings),
        ends=lambda: announced_ends(database, api_account(settings)),
        learned=Learned(dialects, settings.llm_dialect, names_tell=_names_tell(settings)),
    )
    return LanguageModel(access, budget=DatabaseBudget(database, settings, clock, concurrent_runs), clock=clock)


def model_access(settings: Settings) -> ModelAccess:
    """Return where the settings say the model is."""
    return ModelAccess(
        api_key=settings.openai_api_key if settings.llm == "openai" and settings.openai_api_key else SANDBOX_KEY,
        base_url=settings.openai_base_url,
        model=settings.plan_model,
        attempts=settings.llm_attempts,
        timeout_seconds=settings.llm_timeout_seconds,
        prices_path=settings.prices_path,
        # The sandbox's server goes on serving what the provider ended.
        models_retire=settings.llm == "openai",
        succession=settings.model_succession,
        # Without an address the SDK would ask OpenAI itself.
        runs=settings.llm == "openai" or settings.openai_base_url is not None,
        thinking=settings.thinking_rules,
    )


def forget_dialects(settings: Settings, database: Database, clock: Clock, model: str) -> None:
    """Let what a model's server takes be found out anew."""
    _dialects(settings, database, clock).forget(model)


def _dialects(settings: Settings, database: Database, clock: Clock) -> DatabaseDialects:
    return DatabaseDialects(database, api_account(settings), clock)


def _names_tell(settings: Settings) -> bool:
    """Say whether a model's name means what it means at OpenAI: there, and in the sandbox."""
    return settings.llm == "sandbox" or urlsplit(settings.openai_base_url or OPENAI_BASE_URL).hostname == OPENAI_HOST


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
