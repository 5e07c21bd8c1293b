"""Until when the models that the settings name are served, and what is called instead: the wall and plans go by it."""

import hashlib
from dataclasses import replace

from xbot_assets.domain.budget.tiers import TierRules
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.models.service import ModelService
from xbot_assets.llm.prices import load_prices
from xbot_assets.settings import Settings
from xbot_assets.store.content import model_ends
from xbot_assets.store.engine.database import Database

_ACCOUNT_DIGITS = 16


def api_account(settings: Settings) -> str:
    """Return a name for the API and key in use: another key is another account, not held by what befell the first."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    text = f"{settings.llm}\0{settings.openai_base_url or ''}\0{key}"
    return hashlib.sha256(text.encode()).hexdigest()[:_ACCOUNT_DIGITS]


def model_service(settings: Settings, database: Database) -> ModelService:
    """Return what is known of the models: the price file, and the ends that the API announced.

    Raises:
        PermanentFailure: ``bad_prices``.
    """
    return ModelService(
        prices=load_prices(settings.prices_path),
        announced=model_ends.announced_ends(database, api_account(settings)),
        # The sandbox's server goes on serving what the provider ended.
        retires=settings.llm == "openai",
        succession=settings.model_succession,
    )


def rules_in_use(settings: Settings, database: Database) -> TierRules:
    """Return the tiers' rules with the models that are called; a model that nothing succeeds keeps its name.

    Whoever calls it is told so by the wall.
    """
    rules = settings.tier_rules
    if settings.llm != "openai":
        return rules
    try:
        service, today = model_service(settings, database), system_now().date()
        return replace(
            rules,
            model=service.price(rules.model, today).model,
            saving_model=service.price(rules.saving_model, today).model,
        )
    except PermanentFailure:
        return rules
