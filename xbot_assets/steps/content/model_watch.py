"""Telling the owner in time that a model in use ends, and once that another took its place.

Ends are announced in the price file and by the API itself. Its list of models is read now and then, at no cost.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from xbot_assets.domain.alerts.content import MODEL_ENDS, MODEL_SUCCEEDED
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.llm.models.service import Ending
from xbot_assets.steps.model_service import api_account, model_service
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_every
from xbot_assets.store.content import model_ends
from xbot_assets.store.content.api_holds import api_hold


def watch_models(product: Product, now: datetime | None = None) -> None:
    """Read the API's list when that is due, and raise or resolve the alerts about the models in use.

    Args:
        product: the opened parts.
        now: real time; the machine's when ``None``.

    Raises:
        PermanentFailure: ``unknown_model_price`` or ``bad_prices``.
    """
    settings = product.settings
    if settings.llm != "openai":
        _resolve_others(product, (), ())
        return
    now = now or system_now()
    looked, today = _look(product, now), now.date()
    within = timedelta(days=settings.retirement_warning_days)
    service = model_service(settings, product.database)
    endings = service.ending({settings.plan_model, settings.saving_model}, today, within)
    coming, past = [one for one in endings if one.on > today], [one for one in endings if one.on <= today]
    if looked:  # an alert that a person acknowledged is not raised again with every plan
        for ending in coming:
            _tell_end(product, ending)
    for ending in past:
        _tell_succession(product, ending)
    _resolve_others(product, coming, past)


def _resolve_others(product: Product, coming: Iterable[Ending], past: Iterable[Ending]) -> None:
    """End the alerts about models that no setting names any more, whose end was put off, or whose day has come."""
    at = product.clock.now()
    resolve_every(product.database, MODEL_ENDS, at, [MODEL_ENDS.key_of(model=one.model) for one in coming])
    resolve_every(product.database, MODEL_SUCCEEDED, at, [MODEL_SUCCEEDED.key_of(model=one.model) for one in past])


def _look(product: Product, now: datetime) -> bool:
    """Read the API's list if nobody did lately; ``True`` when it was due. An API that is held is left alone."""
    account = api_account(product.settings)
    if api_hold(product.database, account, product.clock.now()) is not None:
        return False
    every = timedelta(hours=product.settings.model_look_hours)
    if not model_ends.claim_look(product.database, account, now, every):
        return False
    try:
        listed = product.writer.served_models()
    except ProductError as failure:
        # Not every server has such a list, and what is wrong with the way to it the next call tells.
        model_ends.note_problem(product.database, account, failure.reason)
        return True
    model_ends.replace_ends(product.database, account, _dated(listed.items()))
    return True


def _dated(listed: Iterable[tuple[str, date | None]]) -> dict[str, date]:
    return {model: ends_on for model, ends_on in listed if ends_on is not None}


def _tell_end(product: Product, ending: Ending) -> None:
    remedy = ending.remedy(succession=product.settings.model_succession)
    alert(
        product.database, MODEL_ENDS, now=product.clock.now(), model=ending.model, on=f"{ending.on:%F}", remedy=remedy
    )


def _tell_succession(product: Product, ending: Ending) -> None:
    """Say it once; an end without a successor is told by the call that cannot be made."""
    if ending.successor is None:
        return
    now, successor = product.clock.now(), ending.successor
    with product.database.transaction() as transaction:
        if model_ends.note_succession(transaction, ending.model, successor.model, now):
            alert(
                transaction,
                MODEL_SUCCEEDED,
                now=now,
                model=ending.model,
                on=f"{ending.on:%F}",
                successor=successor.model,
                input=successor.input,
                output=successor.output,
            )
