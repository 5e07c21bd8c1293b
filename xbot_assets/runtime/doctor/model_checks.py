"""The doctor's questions about the language model: until when it is served, and the way to it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from xbot_assets.domain.failures import ProductError
from xbot_assets.llm.calls.calling import list_models
from xbot_assets.llm.models.service import Ending, ModelService
from xbot_assets.llm.network import OPENAI_BASE_URL, http_client, proxy_in_use
from xbot_assets.llm.prices import load_prices
from xbot_assets.runtime.doctor.warned import Warned
from xbot_assets.settings import Settings
from xbot_assets.steps.language_model import model_access

ASK_SECONDS = 10.0
"""The API's list of models is asked for with this patience; what is wrong with the API another check tells."""


def models_state(settings: Settings, today: date) -> str:
    """Look up the prices of the models in use, and whether the provider goes on serving them.

    Raises:
        Warned: one of them ends soon, or another is called in its place.
        PermanentFailure: ``unknown_model_price``, ``bad_prices``, or ``model_retired``.
    """
    models, prices = {settings.plan_model, settings.saving_model}, load_prices(settings.prices_path)
    if settings.llm != "openai":
        costs = [prices.price(model, today) for model in sorted(models)]
        return f"{', '.join(price.model for price in costs)}: priced; served by the sandbox."
    service = ModelService(prices, _announced(settings), succession=settings.model_succession)
    called = [service.price(model, today).model for model in sorted(models)]
    endings = service.ending(models, today, timedelta(days=settings.retirement_warning_days))
    if endings:
        raise Warned(*_words(endings, today, succession=settings.model_succession))
    return f"{', '.join(called)}: priced and served."


def way_to_the_model(settings: Settings) -> str:
    """Say which proxy the requests to the API go through, after making a client for it; nothing is sent.

    Raises:
        PermanentFailure: ``bad_proxy``.
    """
    base_url = settings.openai_base_url or OPENAI_BASE_URL
    http_client(base_url).close()
    host, proxy = urlsplit(base_url).hostname, proxy_in_use(base_url)
    return f"Requests to {host} go through the proxy {proxy}." if proxy else f"Requests to {host} go there directly."


def _announced(settings: Settings) -> Mapping[str, date]:
    """Ask the API; one that cannot be asked is told of by the check of the language model, or by that of the way."""
    access = replace(model_access(settings), timeout_seconds=min(ASK_SECONDS, settings.llm_timeout_seconds))
    try:
        return {model: end for model, end in list_models(access).items() if end is not None}
    except ProductError:
        return {}


def _words(endings: list[Ending], today: date, *, succession: bool) -> tuple[str, str]:
    told = [f"{one.model} {_end_words(one, today)}" for one in endings]
    remedies = dict.fromkeys(_remedies(endings, today, succession=succession))
    return f"The provider's ends: {', '.join(told)}.", " ".join(remedies)


def _end_words(ending: Ending, today: date) -> str:
    if ending.on > today:
        return f"on {ending.on} (in {(ending.on - today).days} days)"
    return f"since {ending.on}, {ending.successor.model if ending.successor else 'nothing'} is called instead"


def _remedies(endings: list[Ending], today: date, *, succession: bool) -> Iterator[str]:
    for ending in endings:
        if ending.on > today:
            yield ending.remedy(succession=succession)
        else:
            yield "To choose another, set XBOT_PLAN_MODEL and XBOT_SAVING_MODEL."
