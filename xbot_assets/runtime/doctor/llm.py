"""``xbot doctor --llm``: one small priced call to each model in use, and what its server can."""

from collections.abc import Iterator
from contextlib import closing

from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.domain.failures import ProductError
from xbot_assets.llm.calls.capabilities import Capabilities
from xbot_assets.runtime.doctor.examination import Finding
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.language_model import forget_dialects, open_language_model
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import check_schema

NAME = "Model calls"
_MILLISECONDS = 1000


def examine_models() -> Iterator[Finding]:
    """Yield a finding for each model in use; the calls are in the budget and in the books like any other."""
    try:
        yield from models_of(load_settings())
    except ProductError as failure:
        yield Finding("fail", NAME, failure.reason, failure.remedy.strip())


def models_of(settings: Settings) -> Iterator[Finding]:
    """Yield the findings for the models of these settings.

    Raises:
        ProductError: there is no database, or no language model, to ask with.
    """
    chosen = dict.fromkeys(
        ((settings.plan_model, settings.plan_effort), (settings.saving_model, settings.saving_effort))
    )
    with open_database(settings) as database:
        check_schema(database)
        clock = DatabaseClock(database)
        with closing(open_language_model(settings, database, clock)) as writer:
            for model, effort in chosen:
                forget_dialects(settings, database, clock, model)
                try:
                    yield told(writer.examine(model, effort))
                except ProductError as failure:
                    yield Finding("fail", NAME, f"{model}: {failure.reason}", failure.remedy.strip())


def told(can: Capabilities) -> Finding:
    """Say what a server can, and warn of what makes its bills larger than they look."""
    text = f"{can.model}: {_form(can)} {_parameters(can)} {_thinking(can)} {_bill(can)}"
    if can.usage.completion is None or can.usage.prompt is None:
        remedy = "Its server does not say what it bills, so each call is booked at its worst case: set a lower price."
        return Finding("warn", NAME, text, remedy)
    if can.overran:
        remedy = (
            "It bills more than the limit that it is given, so XBOT_LLM_UNKNOWN_THINKING_TOKENS are put aside for each "
            "call: set the effort lower, or choose another model."
        )
        return Finding("warn", NAME, text, remedy)
    return Finding("ok", NAME, text)


def _form(can: Capabilities) -> str:
    form = {
        "json_schema": "it keeps to a JSON schema"
        if can.is_held_to_schema
        else "it takes a JSON schema but does not keep to it, so it is told in words",
        "json_object": "it takes no JSON schema, but json_object",
        "text": "it takes no response_format; JSON is asked for in words",
    }[can.dialect.answer_format]
    return f"{form}."


def _parameters(can: Capabilities) -> str:
    seed = "and a seed" if can.dialect.takes_seed else "and no seed"
    tries = f" ({can.refused} request(s) were refused first, unbilled)" if can.refused else ""
    return f"It takes {can.dialect.limit_name} {seed}{tries}."


def _thinking(can: Capabilities) -> str:
    effort = can.dialect.effort
    asked = "No reasoning effort is sent" if effort is None else f"Reasoning effort: {effort}"
    room = "" if can.dialect.allows_thinking else "; its limit has no room for thinking"
    return f"{asked}; {_thought(can)}{room}."


def _thought(can: Capabilities) -> str:
    billed = can.usage.completion
    if billed is None:
        return "it does not say how much it thought"
    return f"{can.usage.thought} of the {billed} tokens billed for its answer were told as thinking"


def _bill(can: Capabilities) -> str:
    seconds = can.latency_ms / _MILLISECONDS
    return f"The call cost ${can.cost_microusd / MICROUSD_PER_USD:.6f} and took {seconds:.1f} s."
