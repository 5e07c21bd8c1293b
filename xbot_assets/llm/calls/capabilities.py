"""What a server can, found out with one small call: refusals on the way to it cost nothing."""

from dataclasses import dataclass

from xbot_assets.domain.budget.calls import LlmCall
from xbot_assets.domain.budget.dialects import Dialect
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.llm.calls.calling import PaidCalls
from xbot_assets.llm.calls.one_call import Answer, Request
from xbot_assets.llm.calls.retrying import CallFailed
from xbot_assets.llm.servers.usage import Usage

PURPOSE = "doctor"
VERSION = "doctor-1"
WRITTEN_LIMIT = 200
"""Tokens: room for one short post in JSON."""
SECONDS = 120.0
SEED = 7
_SYSTEM = "You write posts.\n- Answer only with JSON of the schema given."
_USER = "Write 1 post in the language English, at most 100 characters, on the topic of water."


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one model's server took, and what the call was billed.

    ``refused`` counts the requests that were refused before it; ``is_held_to_schema`` says whether the model kept to a
    schema without being told it in words.
    """

    model: str
    dialect: Dialect
    usage: Usage
    refused: int
    cost_microusd: int
    latency_ms: int
    is_held_to_schema: bool
    overran: bool


def examine(calls: PaidCalls, model: str, effort: str | None) -> Capabilities:
    """Ask a model for one short post; once more, in words, when it does not keep to the schema.

    Raises:
        ProductError: as ``PaidCalls.make``, unwrapped.
    """
    model = calls.model_in_use(model)
    request = Request(
        model=model,
        messages=[{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}],
        posts=1,
        written_limit=WRITTEN_LIMIT,
        purpose=PURPOSE,
        prompt_version=VERSION,
        seed=SEED,
        effort=effort,
    )
    made: list[LlmCall] = []
    try:
        answer = _ask(calls, request, made)
    except CallFailed as failed:
        raise failed.failure from failed
    return Capabilities(
        model=model,
        dialect=answer.dialect,
        usage=answer.usage,
        refused=sum(call.cost_microusd == 0 and call.failure_code is not None for call in made),
        cost_microusd=sum(call.cost_microusd for call in made),
        latency_ms=made[-1].latency_ms,
        is_held_to_schema=not answer.dialect.spells_schema,
        overran=(answer.usage.completion or 0) > answer.limit,
    )


def _ask(calls: PaidCalls, request: Request, made: list[LlmCall]) -> Answer:
    try:
        return calls.make(request, SECONDS, made)
    except CallFailed as failed:
        if failed.failure.code is not FailureCode.BAD_ANSWER:
            raise
    return calls.make(request, SECONDS, made)
